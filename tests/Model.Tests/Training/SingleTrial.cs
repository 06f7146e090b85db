using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>A group of one, for tests that are about a single trial.</summary>
internal sealed class SingleTrial(TrainingRows train, TrainingRows validation, TrainingOptions options, Checkpoint? from = null, string device = TrainingDevice.Cpu) : IDisposable
{
    private readonly TrainingGroup _group = TrainingGroup.Open(train, validation, [new TrialStart(options, from)], device, TimeProvider.System);

    public TrainingHistory History => _group.History(0);

    public EpochResult RunEpoch() => _group.RunEpoch()[0]!;

    public SingleTrial RunTo(int epoch)
    {
        while (History.Epochs.Count < epoch)
            RunEpoch();
        return this;
    }

    public Checkpoint Capture() => _group.Capture(0);

    public byte[] Bytes()
    {
        using var stream = new MemoryStream();
        Capture().Write(stream);
        return stream.ToArray();
    }

    public void Dispose() => _group.Dispose();
}
