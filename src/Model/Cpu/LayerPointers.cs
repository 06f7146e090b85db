namespace MacroCausal.Model.Cpu;

/// <summary>One hidden layer of one trial in memory: what is learned, its gradient, what is measured. All but the matrices are [Stride].</summary>
internal readonly unsafe struct LayerPointers(PaddedLayer layer, float* parameters, float* gradient, float* statistics, float* scratch)
{
    public readonly int Inputs = layer.Inputs;
    public readonly int Stride = layer.Stride;
    public readonly MatrixView Weight = new(parameters + layer.Weight, layer.Stride);
    public readonly MatrixView WeightGradient = new(gradient + layer.Weight, layer.Stride);
    public readonly float* Bias = parameters + layer.Bias;
    public readonly float* Gamma = parameters + layer.Gamma;
    public readonly float* Beta = parameters + layer.Beta;
    public readonly float* GammaGradient = gradient + layer.Gamma;
    public readonly float* BetaGradient = gradient + layer.Beta;
    public readonly float* RunningMean = statistics + layer.Mean;
    public readonly float* RunningVariance = statistics + layer.Variance;

    /// <summary>Mean of the batch.</summary>
    public readonly float* BatchMean = scratch + layer.Mean;

    /// <summary>1 / standard deviation of the batch.</summary>
    public readonly float* BatchInverse = scratch + layer.Variance;
}
