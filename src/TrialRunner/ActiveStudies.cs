using System.Collections.Concurrent;
using MacroCausal.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Knows which studies still search, and are not cancelled for instance, so that nothing is trained for nobody. It looks at a study's
/// record, once for all of its segments in this process and at most every <see cref="TrialRunnerOptions.StudyLookEvery"/>. A record that
/// cannot be read, or that was never there, ends nothing: then segments run as they come.
/// </summary>
internal sealed partial class ActiveStudies(
    TimeProvider time, IOptions<TrialRunnerOptions> options, ILogger<ActiveStudies> logger, IStudyStore? records = null)
{
    private const int MaxKnown = 256;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly TimeSpan _lookEvery = options.Value.StudyLookEvery;
    private volatile bool _isBlind;

    /// <summary>
    /// Does a study's work while the study searches. False where its search is over: then the work was not begun, or asked to stop by its
    /// token.
    /// </summary>
    public async Task<bool> TryRunAsync(string executionId, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        if (records is null)
        {
            await work(stop);
            return true;
        }

        if (await IsOverAsync(executionId, stop)) return false;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watch = WatchAsync(executionId, over, done.Token);
        try
        {
            await work(over.Token);
            return true;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await done.CancelAsync();
            await watch;
        }
    }

    private async Task WatchAsync(string executionId, CancellationTokenSource over, CancellationToken done)
    {
        try
        {
            do
            {
                await Task.Delay(_lookEvery, time, done);
            }
            while (!await IsOverAsync(executionId, done));

            await over.CancelAsync();
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The work is done.
        }
    }

    // That it is over is never taken from memory: it may have been resumed since.
    private async Task<bool> IsOverAsync(string executionId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_seen.TryGetValue(executionId, out var seen) && now - seen < _lookEvery) return false;

        try
        {
            var study = await records!.FindStudyAsync(executionId, cancellationToken);
            _isBlind = false;
            if (study is { IsSearchOver: false })
            {
                Keep(executionId, now);
                return false;
            }

            // A study that was there and is gone was deleted; one that never was may be in a table that this process does not read.
            return _seen.TryRemove(executionId, out _) || study is not null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isBlind)
            {
                LogBlind(executionId, exception.Message);
            }

            _isBlind = true;
            return false;
        }
    }

    private void Keep(string executionId, DateTimeOffset now)
    {
        _seen[executionId] = now;
        if (_seen.Count <= MaxKnown) return;
        foreach (var (old, at) in _seen.Where(known => now - known.Value > 2 * _lookEvery))
        {
            _seen.TryRemove(KeyValuePair.Create(old, at));
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The record of study {ExecutionId} cannot be read, so its segments run on where it is cancelled; may this process read the table "
            + "STUDY_TABLE? {Reason}")]
    private partial void LogBlind(string executionId, string reason);
}
