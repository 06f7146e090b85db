using System.Runtime.CompilerServices;
using System.Text.Json;
using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Bench.Tuner;

/// <summary>What a study cost its records.</summary>
internal sealed record RecordCosts(
    long Decisions, long StudyReads, long TrialReads, long Listings, long BytesRead, long Writes, long BytesWritten);

/// <summary>A study store that counts what is read and written of studies and trials; epochs and heartbeats are not among them.</summary>
internal sealed class CountingStore(IStudyStore store) : DelegatingStudyStore(store)
{
    private long _studyReads;
    private long _trialReads;
    private long _listings;
    private long _bytesRead;
    private long _writes;
    private long _bytesWritten;

    /// <summary>The store that counts nothing.</summary>
    public IStudyStore Real { get; } = store;

    public RecordCosts Read() => new(0, _studyReads, _trialReads, _listings, _bytesRead, _writes, _bytesWritten);

    public override async Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _studyReads);
        return CountRead(await base.FindStudyAsync(executionId, cancellationToken));
    }

    public override async Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _trialReads);
        return CountRead(await base.FindTrialAsync(executionId, trial, cancellationToken));
    }

    public override async IAsyncEnumerable<TrialRecord> ListTrialsAsync(
        string executionId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _listings);
        await foreach (var trial in base.ListTrialsAsync(executionId, cancellationToken))
        {
            Interlocked.Increment(ref _trialReads);
            yield return CountRead(trial)!;
        }
    }

    public override Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        base.TryAddStudyAsync(CountWrite(study), cancellationToken);

    public override Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        base.TryReplaceStudyAsync(CountWrite(study), cancellationToken);

    public override Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        base.TryAddTrialAsync(CountWrite(trial), cancellationToken);

    public override Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        base.TryReplaceTrialAsync(CountWrite(trial), cancellationToken);

    private static int SizeOf<T>(T record) => JsonSerializer.SerializeToUtf8Bytes(record, JsonSerializerOptions.Web).Length;

    private T? CountRead<T>(T? record)
        where T : class
    {
        if (record is not null) Interlocked.Add(ref _bytesRead, SizeOf(record));
        return record;
    }

    private T CountWrite<T>(T record)
    {
        Interlocked.Increment(ref _writes);
        Interlocked.Add(ref _bytesWritten, SizeOf(record));
        return record;
    }
}
