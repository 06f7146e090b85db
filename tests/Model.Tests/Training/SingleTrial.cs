using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>One trial on the processor, for tests that are about a single trial.</summary>
internal sealed class SingleTrial(
    TrainingRows train, TrainingRows validation, TrainingOptions options, Checkpoint? from = null) : IDisposable
{
    private readonly CpuTrainer _trainer = new(train, validation, new TrialStart(options, from), TimeProvider.System);

    public TrainingHistory History => _trainer.History;

    public EpochResult RunEpoch() => _trainer.RunEpoch();

    public SingleTrial RunTo(int epoch)
    {
        while (History.Epochs.Count < epoch)
        {
            RunEpoch();
        }

        return this;
    }

    public Checkpoint Capture() => _trainer.Capture();

    public byte[] Bytes()
    {
        using var stream = new MemoryStream();
        Capture().Write(stream);
        return stream.ToArray();
    }

    public void Dispose() => _trainer.Dispose();
}
