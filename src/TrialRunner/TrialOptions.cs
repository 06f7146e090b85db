using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>The one place where a trial's configuration becomes the trainer's options.</summary>
internal static class TrialOptions
{
    /// <summary>The options of a trial.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="maxEpochs">Maximum number of epochs, over which a schedule goes; 0 where there is no schedule.</param>
    /// <param name="seed">The trial's seed.</param>
    /// <param name="patience">Epochs without a lower validation loss after which it ends.</param>
    /// <exception cref="SegmentException">A name in the configuration is not known.</exception>
    public static TrainingOptions Of(TrialConfig config, int maxEpochs, long seed, int patience)
    {
        var schedule = Named<LearningRateSchedule>(Hyperparameters.Schedule, config.Schedule);
        return new()
        {
            HiddenLayers = config.HiddenLayers,
            BatchSize = config.BatchSize,
            LearningRate = config.LearningRate,
            Dropout = config.Dropout,
            WeightDecay = config.WeightDecay,
            Activation = Named<Activation>(Hyperparameters.Activation, config.Activation),
            Skip = config.Skip,
            Loss = Named<TrainingLoss>(Hyperparameters.Loss, config.Loss),
            Schedule = schedule,
            MaxEpochs = schedule == LearningRateSchedule.Constant ? 0 : maxEpochs,
            Optimizer = Named<TrainingOptimizer>(Hyperparameters.Optimizer, config.Optimizer),
            GradientClip = config.GradientClip,
            InputDropout = config.InputDropout,
            Seed = seed,
            Patience = patience,
        };
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
}
