using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Training;

/// <summary>A trial that is about to be trained: how, and from where.</summary>
/// <param name="Options">How to train.</param>
/// <param name="From">The checkpoint to go on from; none for a new trial.</param>
public sealed record TrialStart(TrainingOptions Options, Checkpoint? From = null)
{
    internal TrainingHistory History => From?.History ?? new TrainingHistory([]);

    internal TrialState State(NetworkLayout layout) => From?.State ?? TrialState.Initial(layout, Options.Seed);

    /// <summary>Engines of the trial once another one has trained it.</summary>
    internal IReadOnlyList<string> EnginesWith(string engine) => [.. (From?.Engines ?? []).Append(engine).Distinct()];

    /// <exception cref="ArgumentException">An option is out of range, or the splits do not belong together.</exception>
    /// <exception cref="ModelFileException">The checkpoint is of another trial.</exception>
    internal void Validate(TrainingRows train, TrainingRows validation)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        Options.Validate();
        if (From is not null && (!From.Options.Equals(Options) || From.Features != train.FeatureCount))
        {
            throw new ModelFileException(
                $"The checkpoint is of another trial: {From.Features} features and {From.Options}, "
                + $"not {train.FeatureCount} features and {Options}.");
        }

        if (train.Count < 2)
        {
            throw new ArgumentException("Training needs 2 rows or more, because batch normalisation cannot learn from one.", nameof(train));
        }

        if (train.FeatureCount != validation.FeatureCount)
        {
            throw new ArgumentException(
                $"The validation rows have {validation.FeatureCount} features, "
                + $"the training rows {train.FeatureCount}; prepare them together.",
                nameof(validation));
        }
    }
}
