using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Checkpoints;

/// <summary>
/// The state of a trial after an epoch: everything that the next epoch depends on, and the weights of its best epoch. A safetensors file;
/// it holds no times, so that the same state always gives the same bytes.
/// </summary>
public sealed class Checkpoint
{
    internal Checkpoint(
        NetworkLayout layout, TrainingOptions options, TrainingHistory history, TrialState state, IReadOnlyList<string> engines)
    {
        Layout = layout;
        Options = options;
        History = history;
        State = state;
        Engines = engines;
    }

    /// <summary>How the trial is trained.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Losses of every epoch so far.</summary>
    public TrainingHistory History { get; }

    /// <summary>
    /// Engines that trained the trial, as <see cref="TrainingEngine"/> names them, in the order in which they came; none in a file of an
    /// older version, which does not say.
    /// </summary>
    public IReadOnlyList<string> Engines { get; }

    /// <summary>Epochs that are done.</summary>
    public int Epoch => History.Epochs.Count;

    /// <summary>Whether the trial is over: patience is spent, or a loss was not finite.</summary>
    public bool EndedEarly => History.IsOver(Options.Patience);

    /// <summary>Width of the input.</summary>
    public int Features => Layout.Features;

    internal NetworkLayout Layout { get; }

    internal TrialState State { get; }

    /// <summary>Writes the checkpoint.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckpointFile.From(this).Write(stream);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="ModelFileException">It is cut short, corrupted, or no checkpoint of this version.</exception>
    public static Checkpoint Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return CheckpointFile.ToCheckpoint(SafetensorsFile.Read(stream));
    }
}
