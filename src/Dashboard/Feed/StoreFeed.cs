using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Dashboard.Feed;

/// <summary>What a page is told.</summary>
/// <param name="Changed">Names of the resources that changed; null where everything may have.</param>
public sealed record StoreChange(IReadOnlyList<string>? Changed);

/// <summary>
/// Looks at the store a few times a second, which costs microseconds while nobody writes, and tells every open page what has changed. A
/// look that takes long is followed by a longer pause, so that a large store leaves the machine to the training.
/// </summary>
internal sealed class StoreFeed(SqliteChanges changes, TimeProvider time) : BackgroundService
{
    private const int MaxShareOfTime = 4;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private readonly Lock _lock = new();
    private readonly ResourceVersions _versions = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _followers;

    /// <summary>Pages that follow.</summary>
    public int Followers => Volatile.Read(ref _followers);

    /// <summary>The present stamp of a study; null where it is not known yet.</summary>
    public string? StampOf(string executionId)
    {
        lock (_lock)
        {
            return _versions.StampOf(executionId);
        }
    }

    /// <summary>The present stamps of a study's trials, by number.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public IReadOnlyDictionary<int, TrialStamp> TrialsOf(string executionId)
    {
        lock (_lock)
        {
            return changes.ReadTrials(executionId);
        }
    }

    /// <summary>Looks at once. False where the store cannot be read just now; whoever asks for a page is told why.</summary>
    public bool TryLook()
    {
        lock (_lock)
        {
            try
            {
                if (!changes.Take() || !_versions.Record(changes.ReadStudies(), changes.ReadModels())) return true;
            }
            catch (StoreException)
            {
                return false;
            }

            _news.TrySetResult();
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>What has changed after a version, then every change as it is seen. The id of an event is its version.</summary>
    /// <param name="after">The last version that the page knows; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<SseItem<StoreChange>> FollowAsync(
        long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _followers);
        try
        {
            var (version, changed, news) = Since(after);
            yield return Item(version, changed);
            while (true)
            {
                await news.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellationToken.IsCancellationRequested) yield break;
                (version, changed, news) = Since(version);
                if (changed is not { Count: 0 }) yield return Item(version, changed);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _followers);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            TryLook();
            var rest = Stopwatch.GetElapsedTime(began) * MaxShareOfTime;
            var pause = rest > LookEvery ? rest : LookEvery;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (long Version, IReadOnlyList<string>? Changed, Task News) Since(long? version)
    {
        lock (_lock)
        {
            return (_versions.Version, version is { } known ? _versions.ChangedSince(known) : null, _news.Task);
        }
    }

    private static SseItem<StoreChange> Item(long version, IReadOnlyList<string>? changed) =>
        new(new StoreChange(changed), "change") { EventId = Invariant($"{version}") };
}
