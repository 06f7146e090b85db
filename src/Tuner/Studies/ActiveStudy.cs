using System.Collections.Concurrent;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// An active study in memory: the fold of its trial records, and the leases of the segments that run. Only who has the study's turn may
/// use the search;
/// the leases are for everyone.
/// </summary>
public sealed class ActiveStudy
{
    private ActiveStudy(SearchOptions search, TunerOptions options, Guid stamp, DateTimeOffset now)
    {
        Search = search;
        Study = new Study(search);
        Leases = new SegmentLeases(options, now);
        ConcurrencyStamp = stamp;
    }

    /// <summary>What the search was asked for.</summary>
    public SearchOptions Search { get; }

    /// <summary>The state of sampler and scheduler.</summary>
    public Study Study { get; }

    /// <summary>The segments that run, and when each was last heard of.</summary>
    public SegmentLeases Leases { get; }

    /// <summary>The <see cref="StudyInstance.ConcurrencyStamp"/> that this fold is of; a fold of another stamp is out of date.</summary>
    public Guid ConcurrencyStamp { get; set; }

    /// <summary>Folds a study from its records. Leases begin anew, and no segment's message is known to have been sent.</summary>
    public static async Task<ActiveStudy> FoldAsync(
        StudySettings settings,
        TunerOptions options,
        Guid stamp,
        IAsyncEnumerable<TrialRecord> trials,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var active = new ActiveStudy(SearchMapping.Of(settings), options, stamp, now);
        await foreach (var trial in trials.WithCancellation(cancellationToken))
        {
            active.Study.Restore(SearchMapping.Snapshot(active.Search.Space, trial));
            active.Leases.Track(trial, now);
            active.Leases.MarkSendUncertain(trial.Trial);
        }

        return active;
    }
}

/// <summary>The studies that are active in this process. What they hold can always be folded again from the records.</summary>
internal sealed class ActiveStudyCache(IStudyStore store, IOptions<TunerOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ActiveStudy> _studies = new(StringComparer.Ordinal);

    /// <summary>A study, folded again where another Tuner has changed the records since.</summary>
    public async ValueTask<ActiveStudy> GetOrFoldAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var executionId = study.Settings.ExecutionId;
        if (_studies.TryGetValue(executionId, out var active) && active.ConcurrencyStamp == study.ConcurrencyStamp) return active;

        var trials = store.ListTrialsAsync(executionId, cancellationToken);
        active = await ActiveStudy.FoldAsync(
            study.Settings, options.Value, study.ConcurrencyStamp, trials, time.GetUtcNow(), cancellationToken);
        _studies[executionId] = active;
        return active;
    }

    /// <summary>A study that is active in this process, whose fold may be out of date; null where it is not active here.</summary>
    public ActiveStudy? Find(string executionId) => _studies.GetValueOrDefault(executionId);

    /// <summary>Drops a fold that may differ from the records, or whose study is over.</summary>
    public void Remove(string executionId) => _studies.TryRemove(executionId, out _);
}
