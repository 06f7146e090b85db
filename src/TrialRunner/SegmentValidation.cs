using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>Checks what a message asks for, and what a checkpoint is to it.</summary>
internal static class SegmentValidation
{
    public static TrainingOptions Options(RunTrial segment) =>
        TrialOptions.Of(segment.Config, segment.MaxEpochs, segment.Seed, segment.Patience);

    public static void Check(RunTrial segment)
    {
        if (segment.FromEpoch < 0 || segment.ToEpoch <= segment.FromEpoch)
        {
            throw new SegmentException($"A segment from epoch {segment.FromEpoch} to {segment.ToEpoch} has no epoch to train.");
        }

        if (segment.FromEpoch > 0 && segment.Checkpoint is null)
        {
            throw new SegmentException(
                $"A segment from epoch {segment.FromEpoch} needs the checkpoint of that epoch, and the message names none.");
        }

        Options(segment).Validate();
    }

    public static bool IsOfTrial(RunTrial segment, Checkpoint checkpoint) =>
        checkpoint.Options.Equals(Options(segment)) && checkpoint.Features == segment.Data.Features;

    /// <summary>Whether training can go on from a checkpoint within the segment.</summary>
    public static bool IsPartial(RunTrial segment, Checkpoint checkpoint) =>
        IsOfTrial(
            segment, checkpoint) && checkpoint.Epoch > segment.FromEpoch && checkpoint.Epoch < segment.ToEpoch && !checkpoint.EndedEarly;

    /// <summary>Whether a checkpoint is the segment's last.</summary>
    public static bool IsEnd(RunTrial segment, Checkpoint checkpoint) =>
        IsOfTrial(segment, checkpoint) && (checkpoint.Epoch == segment.ToEpoch || (
            checkpoint.EndedEarly && checkpoint.Epoch > segment.FromEpoch && checkpoint.Epoch < segment.ToEpoch));
}

/// <summary>A segment cannot be trained as it was asked for; the message says why.</summary>
internal sealed class SegmentException(string message) : Exception(message);
