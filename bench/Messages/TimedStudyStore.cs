using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Bench.Messages;

/// <summary>A study store with a stopwatch at every call that the Tuner makes while a study runs.</summary>
internal sealed class TimedStudyStore(IStudyStore store, Stopwatches watches) : DelegatingStudyStore(store)
{
    public override Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: read study", () => base.FindStudyAsync(executionId, cancellationToken));

    public override Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write study", () => base.TryAddStudyAsync(study, cancellationToken));

    public override Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write study", () => base.TryReplaceStudyAsync(study, cancellationToken));

    public override Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write trial", () => base.TryAddTrialAsync(trial, cancellationToken));

    public override Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write trial", () => base.TryReplaceTrialAsync(trial, cancellationToken));

    public override Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: read trial", () => base.FindTrialAsync(executionId, trial, cancellationToken));

    public override Task<bool> TryAddEpochAsync(EpochRecord epoch, CancellationToken cancellationToken = default) =>
        watches.MeasureAsync("records: write epoch", () => base.TryAddEpochAsync(epoch, cancellationToken));
}
