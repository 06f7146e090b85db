using MacroCausal.Model.Export;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Search;

/// <summary>
/// The learning curve of one configuration and seed, trained as far as somebody has asked for. The one place of this bench that trains.
/// </summary>
internal sealed class TrainedCurve(TrainingRows train, TrainingRows validation, TrainingOptions options) : IDisposable
{
    private readonly TrainingGroup _group =
        TrainingGroup.Open(train, validation, [new TrialStart(options)], TrainingDevice.Cpu, TimeProvider.System);

    /// <summary>Epochs that were trained.</summary>
    public int Epochs => _group.History(0).Epochs.Count;

    /// <summary>What is known after an epoch, or after the trial's early end before it; trains what is missing.</summary>
    public TrainingHistory Until(int epoch)
    {
        while (Epochs < epoch && _group.Running.Any()) _group.RunEpoch();
        return _group.History(0).Until(epoch);
    }

    /// <summary>The scaled forecasts of the best epoch that was trained; null where no epoch had a finite loss.</summary>
    public float[]? BestForecasts(float[] features)
    {
        if (_group.History(0).BestEpoch == 0) return null;
        using var predictor = new Predictor(TrainedModel.BestOf(_group.Capture(0)));
        return predictor.Predict(features);
    }

    public void Dispose() => _group.Dispose();
}
