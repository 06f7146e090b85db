using System.Collections.Concurrent;
using System.Text.Json;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Sharing;

/// <summary>
/// How many segments a study may have out now. Which studies search, and how many segments each could have out, is in their records, which
/// are read again every <see cref="TunerOptions.SweepEvery"/>: so every Tuner comes to the same, a little later where another one begins or
/// ends a study. Nothing is read where there is no quota.
/// </summary>
internal sealed class SegmentQuota(IStudyStore store, IOptions<TunerOptions> options, TimeProvider time) : IDisposable
{
    private const int MaxConcurrentReads = 32;

    private readonly SemaphoreSlim _reading = new(1);
    private ConcurrentDictionary<string, SegmentDemand> _wanted = new(StringComparer.Ordinal);
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    private bool HasQuota => options.Value is { MaxSegments: > 0, OwnStudiesOnly: false };

    /// <summary>Maximum number of segments that a study which has its turn may have out.</summary>
    public async ValueTask<int> LimitAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var parallelism = study.Settings.Parallelism;
        if (!HasQuota) return parallelism;

        await ReadAgainAsync(cancellationToken);
        // What it wanted last says nothing of what it finds to do now.
        var wanted = new Dictionary<string, SegmentDemand>(_wanted, StringComparer.Ordinal)
        {
            [study.Settings.ExecutionId] = DemandOf(study.Settings, parallelism),
        };
        return FairShares.Of(options.Value.MaxSegments, wanted)[study.Settings.ExecutionId];
    }

    /// <summary>A study has made its decisions: this many segments run, and perhaps there is nothing more to start.</summary>
    public void Record(StudyInstance study, int running, bool wantsMore)
    {
        if (!HasQuota) return;
        study.Wanted = wantsMore ? null : Math.Max(1, running);
        _wanted[study.Settings.ExecutionId] = DemandOf(study.Settings, study.Wanted);
    }

    /// <summary>A study searches no more.</summary>
    public void Remove(StudyInstance study) => _wanted.TryRemove(study.Settings.ExecutionId, out _);

    public void Dispose() => _reading.Dispose();

    private async Task ReadAgainAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - _readAt < options.Value.SweepEvery) return;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _readAt < options.Value.SweepEvery) return;
            _wanted = await ReadAsync(cancellationToken);
            _readAt = time.GetUtcNow();
        }
        finally
        {
            _reading.Release();
        }
    }

    // Every active study has a look, due sooner or later.
    private async Task<ConcurrentDictionary<string, SegmentDemand>> ReadAsync(CancellationToken cancellationToken)
    {
        var wanted = new ConcurrentDictionary<string, SegmentDemand>(StringComparer.Ordinal);
        var looks = await store.ListDueLooksAsync(DateTimeOffset.MaxValue, cancellationToken).ToListAsync(cancellationToken);
        foreach (var some in looks.Chunk(MaxConcurrentReads))
        {
            var records = await Task.WhenAll(some.Select(look => store.FindStudyAsync(look.ExecutionId, cancellationToken)));
            foreach (var record in records.OfType<StudyRecord>().Where(record => record.State == nameof(StudyStateMachine.Searching)))
            {
                wanted[record.ExecutionId] = WantedBy(record);
            }
        }

        return wanted;
    }

    // A study whose record cannot be read issues nothing, and is no reason for the others to wait.
    private static SegmentDemand WantedBy(StudyRecord record)
    {
        try
        {
            var study = StudyDocument.Read(record);
            return DemandOf(study.Settings, study.Wanted);
        }
        catch (JsonException)
        {
            return new SegmentDemand(1);
        }
    }

    private static SegmentDemand DemandOf(StudySettings settings, int? wanted) =>
        new(wanted ?? settings.Parallelism, settings.Priority);
}
