using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Search;

/// <summary>The learning curve of one configuration and seed, trained as far as somebody has asked for. The one place of this bench that trains.</summary>
internal sealed class TrainedCurve(TrainingRows train, TrainingRows validation, TrainingOptions options) : IDisposable
{
    private readonly TrainingSession _session = TrainingSession.Start(train, validation, options, TrainingDevice.Cpu, TimeProvider.System);

    /// <summary>Epochs that were trained.</summary>
    public int Epochs => _session.Epoch;

    /// <summary>What is known after an epoch, or after the trial's early end before it; trains what is missing.</summary>
    public TrainingHistory Until(int epoch)
    {
        while (_session.Epoch < epoch && !_session.EndedEarly) _session.RunEpoch();
        return _session.History.Until(epoch);
    }

    public void Dispose() => _session.Dispose();
}
