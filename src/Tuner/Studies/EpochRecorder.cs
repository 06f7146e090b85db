using MacroCausal.Storage;
using MacroCausal.Tuner.Ledger;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// Writes the record of an epoch outside the study's turn, since the order of epochs says nothing: reports of one study are recorded side by side, while the study
/// decides about others.
/// </summary>
internal sealed class EpochRecorder(IStudyStore store, ActiveStudyCache ledgers, TimeProvider time)
{
    /// <summary>Records a report of an active study. True where there is nothing else to it; false where the study must hear of it.</summary>
    public async Task<bool> RecordAsync(TrialEpochCompleted report, CancellationToken cancellationToken)
    {
        var ledger = ledgers.Find(report.ExecutionId);
        if (ledger is null && !await IsSearchingAsync(report.ExecutionId, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var now = time.GetUtcNow();
        await store.TryAddEpochAsync(EpochRecords.Of(report, now), cancellationToken).ConfigureAwait(false);
        if (ledger is null || report.Checkpoint is not null)
        {
            return false;
        }

        ledger.Hear(report.Trial, now);
        return true;
    }

    private async Task<bool> IsSearchingAsync(string executionId, CancellationToken cancellationToken) =>
        await store.FindStudyAsync(executionId, cancellationToken).ConfigureAwait(false) is { State: nameof(StudyStateMachine.Searching) };
}
