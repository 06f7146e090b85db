using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Checks what a message asks for, and what a checkpoint is to it. <see cref="Options"/> is the one place where a trial's configuration
/// becomes the trainer's options.
/// </summary>
internal static class SegmentValidation
{
    public static TrainingOptions Options(RunTrial segment)
    {
        var schedule = Named<LearningRateSchedule>(Hyperparameters.Schedule, segment.Config.Schedule);
        return new()
        {
            HiddenLayers = segment.Config.HiddenLayers,
            BatchSize = segment.Config.BatchSize,
            LearningRate = segment.Config.LearningRate,
            Dropout = segment.Config.Dropout,
            WeightDecay = segment.Config.WeightDecay,
            Activation = Named<Activation>(Hyperparameters.Activation, segment.Config.Activation),
            Skip = segment.Config.Skip,
            Loss = Named<TrainingLoss>(Hyperparameters.Loss, segment.Config.Loss),
            Schedule = schedule,
            MaxEpochs = schedule == LearningRateSchedule.Constant ? 0 : segment.MaxEpochs,
            Optimizer = Named<TrainingOptimizer>(Hyperparameters.Optimizer, segment.Config.Optimizer),
            GradientClip = segment.Config.GradientClip,
            InputDropout = segment.Config.InputDropout,
            Seed = segment.Seed,
            Patience = segment.Patience,
        };
    }

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

    // What a configuration leaves out is the first of the names.
    private static T Named<T>(Hyperparameter hyperparameter, string? name)
        where T : struct, Enum
    {
        if (name is null) return default;
        return Enum.GetNames<T>().FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw new SegmentException(
                $"The configuration's {hyperparameter.Name} '{name}' is not known; it must be {hyperparameter.Allowed}.");
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
