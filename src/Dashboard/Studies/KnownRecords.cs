using System.Collections.Concurrent;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Dashboard.Studies;

/// <summary>
/// The records of studies that go on, kept between two looks: what is read again is the trials that have changed, with their epochs.
/// </summary>
/// <param name="studies">The records.</param>
/// <param name="stampsOf">The present stamps of a study's trials.</param>
internal sealed class KnownRecords(IStudyStore studies, Func<string, IReadOnlyDictionary<int, TrialStamp>> stampsOf)
{
    // Beyond as many, all at once is faster.
    private const int MaxOneByOne = 500;
    private readonly ConcurrentDictionary<string, KnownStudy> _known = new(StringComparer.Ordinal);

    /// <summary>Every trial by number, and every epoch by trial, then epoch.</summary>
    public async Task<(IReadOnlyList<TrialRecord> Trials, IReadOnlyList<EpochRecord> Epochs)> ReadAsync(
        StudyRecord study, CancellationToken cancellationToken)
    {
        var id = study.ExecutionId;
        var known = _known.GetOrAdd(id, _ => new KnownStudy());
        await known.Turn.WaitAsync(cancellationToken);
        try
        {
            if (known.StartedAt != study.StartedAt)
            {
                // Another study of the same id.
                known.StartedAt = study.StartedAt;
                known.Trials.Clear();
            }

            await UpdateAsync(known.Trials, id, cancellationToken);
            if (study.IsOver)
            {
                // It changes no more.
                _known.TryRemove(id, out _);
            }

            return ([.. known.Trials.Values.Select(trial => trial.Trial)], [.. known.Trials.Values.SelectMany(trial => trial.Epochs)]);
        }
        finally
        {
            known.Turn.Release();
        }
    }

    // Stamps come first: a record that is written meanwhile is read again the next time.
    private async Task UpdateAsync(SortedDictionary<int, KnownTrial> known, string id, CancellationToken cancellationToken)
    {
        var stamps = stampsOf(id);
        foreach (var gone in known.Keys.Where(trial => !stamps.ContainsKey(trial)).ToList())
        {
            known.Remove(gone);
        }

        int[] changed = [.. stamps.Where(trial => known.GetValueOrDefault(trial.Key)?.Stamp != trial.Value).Select(trial => trial.Key)];
        if (changed.Length > MaxOneByOne)
        {
            var epochs = (await studies.ListEpochsAsync(id, cancellationToken).ToListAsync(cancellationToken)).ToLookup(one => one.Trial);
            await foreach (var trial in studies.ListTrialsAsync(id, cancellationToken))
            {
                known[trial.Trial] = new KnownTrial(stamps.GetValueOrDefault(trial.Trial), trial, [.. epochs[trial.Trial]]);
            }

            return;
        }

        foreach (var number in changed)
        {
            if (await studies.FindTrialAsync(id, number, cancellationToken) is not { } trial) continue;
            var epochs = await studies.ListEpochsAsync(id, number, cancellationToken).ToListAsync(cancellationToken);
            known[number] = new KnownTrial(stamps[number], trial, epochs);
        }
    }

    private sealed class KnownStudy
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public DateTimeOffset StartedAt { get; set; }

        public SortedDictionary<int, KnownTrial> Trials { get; } = [];
    }

    private sealed record KnownTrial(TrialStamp? Stamp, TrialRecord Trial, IReadOnlyList<EpochRecord> Epochs);
}
