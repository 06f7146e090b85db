using System.Collections.Concurrent;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Ledger;

/// <summary>The ledgers of the studies that are active in this process. What they hold can always be folded again from the records.</summary>
public sealed class ActiveStudyCache(IStudyStore store, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ActiveStudy> _ledgers = new(StringComparer.Ordinal);

    /// <summary>The ledger of a study, folded again where another Tuner has changed the records since.</summary>
    public async ValueTask<ActiveStudy> OpenAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var executionId = study.Settings.ExecutionId;
        if (_ledgers.TryGetValue(executionId, out var ledger) && ledger.Stamp == study.Stamp)
        {
            return ledger;
        }

        var trials = store.ListTrialsAsync(executionId, cancellationToken);
        ledger = await ActiveStudy.FoldAsync(study.Settings, study.Stamp, trials, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        _ledgers[executionId] = ledger;
        return ledger;
    }

    /// <summary>The ledger of a study that is active in this process, which may be out of date; none where it is not active here.</summary>
    public ActiveStudy? Find(string executionId) => _ledgers.GetValueOrDefault(executionId);

    /// <summary>Drops a ledger that may differ from the records, or whose study is over.</summary>
    public void Forget(string executionId) => _ledgers.TryRemove(executionId, out _);
}
