using MacroCausal.Data.Evaluation;
using MacroCausal.Reporting.Features;
using MacroCausal.Storage;

namespace MacroCausal.Reporting.Studies;

/// <summary>All that a report is computed from.</summary>
internal sealed record StudyFacts
{
    public required ReportRequest Request { get; init; }

    /// <summary>The registered model; null where there is none.</summary>
    public StoredModel? Model { get; init; }

    /// <summary>The table; null where it was not kept.</summary>
    public StoredProfile? Profile { get; init; }

    /// <summary>Forecasts for the validation rows; null where none were kept.</summary>
    public Forecasts? Forecasts { get; init; }

    /// <summary>What the folds of the walk-forward forecast, in date order; none where it is not over, or there is none.</summary>
    public IReadOnlyList<WalkForwardBlock> WalkForward { get; init; } = [];

    /// <summary>What the model makes of its columns; null where that was not written.</summary>
    public FeatureEffects? Effects { get; init; }

    /// <summary>Every trial, by number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>Every epoch, by trial, then epoch.</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }

    /// <summary>What the study was asked for.</summary>
    public StudySettings Settings => Request.Settings;

    /// <summary>The trials with what their epochs came to, by number.</summary>
    public IReadOnlyList<TrialOutcome> Outcomes => field ??= TrialOutcome.Of(this);
}

/// <summary>What a trial came to.</summary>
/// <param name="Trial">Its record.</param>
/// <param name="Loss">Its lowest validation loss; null where none is finite.</param>
/// <param name="Epoch">The epoch of that loss.</param>
/// <param name="Epochs">Epochs that were reported.</param>
/// <param name="Ended">Seconds from the study's start to its last report; null where there is none.</param>
/// <param name="Seconds">Seconds that its epochs took.</param>
internal sealed record TrialOutcome(TrialRecord Trial, double? Loss, int? Epoch, int Epochs, double? Ended, double Seconds)
{
    /// <summary>Its number.</summary>
    public int Number => Trial.Trial;

    public static IReadOnlyList<TrialOutcome> Of(StudyFacts facts)
    {
        var epochs = facts.Epochs.ToLookup(epoch => epoch.Trial);
        return [.. facts.Trials.Select(trial => Of(trial, [.. epochs[trial.Trial]], facts.Request.StartedAt))];
    }

    private static TrialOutcome Of(TrialRecord trial, EpochRecord[] epochs, DateTimeOffset start)
    {
        var best = epochs.Where(epoch => epoch.Metrics.ValidationLoss is not null).MinBy(epoch => epoch.Metrics.ValidationLoss);
        // Reports of epochs may be lost; what the rungs compared is in the trial's own record.
        var loss = best?.Metrics.ValidationLoss ?? trial.LowestMilestoneLoss();
        double? ended = epochs.Length == 0 ? null : (epochs.Max(epoch => epoch.RecordedAt) - start).TotalSeconds;
        return new TrialOutcome(
            trial, loss, best?.Epoch ?? (loss is null ? null : trial.BestEpoch), epochs.Length, ended, epochs.Sum(epoch => epoch.Seconds));
    }
}
