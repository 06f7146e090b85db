using System.Collections.Concurrent;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// An active study in memory: the fold of its trial records, and the leases of the segments that run. Only who has the study's turn may
/// use the search; the leases are for everyone.
/// </summary>
public sealed class ActiveStudy
{
    private ActiveStudy(SearchOptions search, TunerOptions options, Guid stamp)
    {
        Search = search;
        Study = new Study(search);
        Leases = new SegmentLeases(options);
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

    /// <summary>When a turn last used it.</summary>
    internal DateTimeOffset UsedAt { get; set; }

    /// <summary>Folds a study from its records.</summary>
    public static async Task<ActiveStudy> FoldAsync(
        StudySettings settings, TunerOptions options, Guid stamp, IAsyncEnumerable<TrialRecord> trials, CancellationToken cancellationToken)
    {
        var active = SearchException.Of(() => new ActiveStudy(SearchMapping.Of(settings), options, stamp));
        await foreach (var trial in trials.WithCancellation(cancellationToken))
        {
            SearchException.Of(() => active.Update(trial));
        }

        return active;
    }

    /// <summary>Takes in a trial as its record now stands: one that is new, or has come further. The same again changes nothing.</summary>
    public void Update(TrialRecord trial)
    {
        Study.Update(SearchMapping.Snapshot(Search.Space, trial));
        Leases.Track(trial);
    }
}

/// <summary>The studies that are active in this process. What they hold can always be folded again from the records.</summary>
internal sealed class ActiveStudyCache(IStudyStore store, IOptions<TunerOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ActiveStudy> _studies = new(StringComparer.Ordinal);

    /// <summary>A study, brought up to date by the trials that another Tuner has changed since, or folded anew.</summary>
    public async ValueTask<ActiveStudy> GetOrFoldAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var active = await FindOrFoldAsync(study, cancellationToken);
        active.UsedAt = time.GetUtcNow();
        return active;
    }

    /// <summary>Drops the studies that no turn has used for so long: they are over, or cost one fold.</summary>
    public void RemoveIdle(TimeSpan idle)
    {
        foreach (var (executionId, _) in _studies.Where(study => time.GetUtcNow() - study.Value.UsedAt >= idle).ToList())
        {
            Remove(executionId);
        }
    }

    private async ValueTask<ActiveStudy> FindOrFoldAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var executionId = study.Settings.ExecutionId;
        if (!_studies.TryGetValue(executionId, out var active)) return await FoldAsync(study, cancellationToken);
        if (active.ConcurrencyStamp == study.ConcurrencyStamp) return active;
        if (TurnLog.ChangedSince(study.Turns, active.ConcurrencyStamp) is not { } changed) return await FoldAsync(study, cancellationToken);

        // Until it is up to date it is nobody's: an exception on the way leaves none that is half so.
        Remove(executionId);
        var trials = await Task.WhenAll(changed.Select(trial => store.FindTrialAsync(executionId, trial, cancellationToken)));
        foreach (var trial in trials.OfType<TrialRecord>())
        {
            SearchException.Of(() => active.Update(trial));
            DoubtSending(study, trial);
        }

        active.ConcurrencyStamp = study.ConcurrencyStamp;
        return _studies[executionId] = active;
    }

    /// <summary>A study that is active in this process, whose fold may be out of date; null where it is not active here.</summary>
    public ActiveStudy? Find(string executionId) => _studies.GetValueOrDefault(executionId);

    /// <summary>Drops a fold that may differ from the records, or whose study is over.</summary>
    public void Remove(string executionId) => _studies.TryRemove(executionId, out _);

    private async Task<ActiveStudy> FoldAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var executionId = study.Settings.ExecutionId;
        var trials = store.ListTrialsAsync(executionId, cancellationToken);
        var active = await ActiveStudy.FoldAsync(study.Settings, options.Value, study.ConcurrencyStamp, trials, cancellationToken);
        foreach (var trial in active.Leases.RunningSegments)
        {
            DoubtSending(study, active.Leases.Find(trial)!);
        }

        return _studies[executionId] = active;
    }

    // A segment that no finished turn has issued: who issued it died, could not send it, or is about to lose the race against this turn.
    private static void DoubtSending(StudyInstance study, TrialRecord trial)
    {
        if (trial.Status == TrialStatus.Running && trial.IssuedAt > study.SentUpTo && !study.Unsent.Contains(trial.Trial))
        {
            study.Unsent = [.. study.Unsent, trial.Trial];
        }
    }
}
