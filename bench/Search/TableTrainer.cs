using MacroCausal.Model.Training;
using MacroCausal.Search.Studies;
using MacroCausal.TrialRunner;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>Real training on a gold table. A configuration and seed that several methods ask for is trained once.</summary>
internal sealed class TableTrainer(TrainingRows train, TrainingRows validation, double targetScale, int patience) : ITrainer, IDisposable
{
    private readonly Dictionary<TrainingOptions, TrainedCurve> _curves = [];

    /// <summary>Epochs that were trained.</summary>
    public int Epochs => _curves.Values.Sum(curve => curve.Epochs);

    /// <summary>What was trained, in the order of its beginning.</summary>
    public IEnumerable<(TrainingOptions Options, int Epochs)> Trained => _curves.Select(curve => (curve.Key, curve.Value.Epochs));

    /// <summary>The scaled forecasts of every trial's best epoch.</summary>
    public IEnumerable<float[]> BestForecasts(float[] features) =>
        _curves.Values.Select(curve => curve.BestForecasts(features)).OfType<float[]>();

    /// <summary>Losses are in the target's unit, squared.</summary>
    public Standing Train(StartTrial trial, int toEpoch)
    {
        var options = Options(trial);
        if (!_curves.TryGetValue(options, out var curve)) _curves.Add(options, curve = new TrainedCurve(train, validation, options));
        var history = curve.Until(toEpoch);
        var loss = history.BestLoss * targetScale * targetScale;
        return new Standing(history.Epochs.Count, double.IsFinite(loss) ? loss : null, history.BestEpoch, history.IsOver(patience));
    }

    public void Dispose()
    {
        foreach (var curve in _curves.Values) curve.Dispose();
    }

    // Without a schedule of the learning rate, so that a shorter study is the beginning of a longer one.
    private TrainingOptions Options(StartTrial trial) =>
        TrialOptions.Of(SearchMapping.ConfigOf(trial.Configuration), maxEpochs: 0, trial.Seed, patience);
}
