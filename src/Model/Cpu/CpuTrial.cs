using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>One trial in memory: parameters, gradient, moments and statistics, each one flat buffer.</summary>
internal sealed unsafe class CpuTrial : IDisposable
{
    private readonly PaddedLayout _layout;
    private readonly TrainingOptions _options;
    private readonly NativeFloats _parameters;
    private readonly NativeFloats _gradient;
    private readonly NativeFloats _first;
    private readonly NativeFloats _second;
    private readonly NativeFloats _statistics;
    private readonly NativeFloats _bestParameters;
    private readonly NativeFloats _bestStatistics;
    private long _step;

    public CpuTrial(PaddedLayout layout, TrainingOptions options, TrialState state)
    {
        (_layout, _options, _step) = (layout, options, state.Step);
        LearningRate = options.LearningRate;
        _parameters = Packed(state.Parameters);
        _gradient = new NativeFloats(layout.ParameterCount);
        _first = Packed(state.FirstMoment);
        _second = Packed(state.SecondMoment);
        _statistics = PackedStatistics(state.Statistics);
        _bestParameters = Packed(state.BestParameters);
        _bestStatistics = PackedStatistics(state.BestStatistics);
    }

    /// <summary>What the steps minimise.</summary>
    public TrainingLoss Loss => _options.Loss;

    /// <summary>Step size of the next step.</summary>
    public double LearningRate { get; set; }

    public LayerPointers Layer(int layer, CpuWorkspace work) =>
        new(_layout.Layers[layer], _parameters.Start, _gradient.Start, _statistics.Start, work.Batch);

    public float* OutputWeight => _parameters.Start + _layout.OutputWeight;

    public float* OutputWeightGradient => _gradient.Start + _layout.OutputWeight;

    public float* Skip => _parameters.Start + _layout.Skip;

    public float* SkipGradient => _gradient.Start + _layout.Skip;

    public float OutputBias => _parameters.Start[_layout.OutputBias];

    public void SetOutputBiasGradient(float value) => _gradient.Start[_layout.OutputBias] = value;

    /// <summary>One step along the gradient.</summary>
    public void OptimizerStep()
    {
        if (_options.GradientClip > 0)
        {
            GradientClipping.Apply(_gradient.Start, _layout.ParameterCount, _options.GradientClip);
        }

        var isDecoupled = _options.Optimizer == TrainingOptimizer.AdamW;
        if (isDecoupled)
        {
            GradientClipping.Scale(_parameters.Start, _layout.ParameterCount, (float)(1 - (LearningRate * _options.WeightDecay)));
        }

        AdamUpdate.Apply(
            _parameters.Start, _gradient.Start, _first.Start, _second.Start, _layout.ParameterCount, ++_step,
            LearningRate, isDecoupled ? 0 : _options.WeightDecay);
    }

    public void KeepBest()
    {
        _bestParameters.CopyFrom(_parameters);
        _bestStatistics.CopyFrom(_statistics);
    }

    public TrialState Capture() => new()
    {
        Step = _step,
        Parameters = _layout.UnpackParameters(_parameters.Span),
        Statistics = _layout.UnpackStatistics(_statistics.Span),
        FirstMoment = _layout.UnpackParameters(_first.Span),
        SecondMoment = _layout.UnpackParameters(_second.Span),
        BestParameters = _layout.UnpackParameters(_bestParameters.Span),
        BestStatistics = _layout.UnpackStatistics(_bestStatistics.Span),
    };

    public void Dispose()
    {
        foreach (var buffer in new[] { _parameters, _gradient, _first, _second, _statistics, _bestParameters, _bestStatistics })
        {
            buffer.Dispose();
        }
    }

    private NativeFloats Packed(float[] flat)
    {
        var padded = new NativeFloats(_layout.ParameterCount);
        _layout.PackParameters(flat, padded.Span);
        return padded;
    }

    private NativeFloats PackedStatistics(float[] flat)
    {
        var padded = new NativeFloats(_layout.StatisticCount);
        _layout.PackStatistics(flat, padded.Span);
        return padded;
    }
}

/// <summary>
/// One hidden layer of one trial in memory: what is learned, its gradient, what is measured. All but the matrices are [Stride].
/// </summary>
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
