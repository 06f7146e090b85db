using MacroCausal.Search.Spaces;
using Names = MacroCausal.Contracts.Hyperparameters;

namespace MacroCausal.Bench.Simulation;

/// <summary>
/// Training without training, over the default search space. With x = log10(learning rate) + 2.92:
/// asymptote = 1 + 0.5 x² + 8 (dropout - 0.17 - 0.05 x)² + 0.1 (log10(weight decay) + 4.2)² + 0.08, 0 or 0.04 for one of 2 narrow,
/// 2 wide or 3 hidden layers + 0.03 log2(batch / 32);
/// tau = 8 epochs · (10^-2.92 / learning rate)^0.3 · (batch / 64)^0.2; loss(epoch) = asymptote + 1.5 exp(-epoch / tau) + 0.02 · normal
/// noise. The best asymptote is 1.
/// </summary>
internal readonly struct LearningCurve
{
    public const double BestAsymptote = 1;
    public const string Formula =
        "loss(epoch) = a + 1.5 exp(-epoch / tau) + 0.02 N(0, 1); a = 1 + 0.5 x² + 8 (dropout - 0.17 - 0.05 x)² "
        + "+ 0.1 (log10 weightDecay + 4.2)² + layers {0.08, 0, 0.04} + 0.03 log2(batch / 32), "
        + "x = log10 learningRate + 2.92; tau = 8 · 10^(-0.3 x) · (batch / 64)^0.2 epochs";

    private const double Noise = 0.02;
    private readonly double _asymptote;
    private readonly double _tau;
    private readonly ulong _seed;
    private readonly int _trial;

    public LearningCurve(Configuration configuration, ulong seed, int trial)
    {
        (_seed, _trial) = (seed, trial);
        var x = Math.Log10(configuration.Number(Names.LearningRate.Name)) + 2.92;
        var batch = configuration.Choice(Names.BatchSize.Name).GetInt32();
        var layers = configuration.Choice(Names.HiddenLayers.Name);
        var layersCost = layers.GetArrayLength() == 3 ? 0.04 : layers[0].GetInt32() == 64 ? 0.08 : 0;
        var dropout = configuration.Number(Names.Dropout.Name) - 0.17 - (0.05 * x);
        var decay = Math.Log10(configuration.Number(Names.WeightDecay.Name)) + 4.2;
        _asymptote = BestAsymptote + (0.5 * x * x) + (8 * dropout * dropout) + (0.1 * decay * decay) + layersCost
            + (0.03 * Math.Log2(batch / 32.0));
        _tau = 8 * Math.Pow(10, -0.3 * x) * Math.Pow(batch / 64.0, 0.2);
    }

    /// <summary>The validation loss as it is measured after an epoch, from 1.</summary>
    public double Loss(int epoch) => Truth(epoch) + (Noise * SeededRandom.Normal(_seed, 11, _trial, epoch));

    /// <summary>The same without its noise.</summary>
    public double Truth(int epoch) => _asymptote + (1.5 * Math.Exp(-epoch / _tau));
}
