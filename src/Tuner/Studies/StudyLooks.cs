using System.Collections.Concurrent;
using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// The list of active studies and of when each is looked after next. It is in the store, not in messages: whatever gets lost, the next
/// Tuner that looks finds every study that is due.
/// </summary>
internal sealed class StudyLooks(IStudyStore store, IOptions<TunerOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>To be called before a study is written: one that becomes active is on the list first.</summary>
    public async Task BeginAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var executionId = study.Settings.ExecutionId;
        if (!study.IsActive || (study.WasActive && _known.ContainsKey(executionId))) return;

        await store.TryAddLookAsync(new LookRecord(executionId, time.GetUtcNow() + options.Value.SweepEvery), cancellationToken);
        _known[executionId] = true;
    }

    /// <summary>To be called after a study is written: one that is over leaves the list.</summary>
    public async Task EndAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        if (study.IsActive) return;
        _known.TryRemove(study.Settings.ExecutionId, out _);
        if (study.WasActive)
        {
            await store.RemoveLookAsync(study.Settings.ExecutionId, cancellationToken);
        }
    }

    /// <summary>
    /// Takes the studies that are due; of several Tuners one takes each. A study that is over, or that was never written, leaves the list.
    /// </summary>
    public async IAsyncEnumerable<StudyRecord> TakeDueAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await foreach (var look in store.ListDueLooksAsync(now, cancellationToken))
        {
            if (options.Value.OwnStudiesOnly && !_known.ContainsKey(look.ExecutionId)) continue;

            var next = look with { DueAt = now + options.Value.SweepEvery };
            if (!await store.TryReplaceLookAsync(next, look.DueAt, cancellationToken)) continue;

            if (await store.FindStudyAsync(look.ExecutionId, cancellationToken) is { IsOver: false } study)
            {
                yield return study;
            }
            else
            {
                await store.RemoveLookAsync(look.ExecutionId, cancellationToken);
            }
        }
    }
}

/// <summary>Wakes the studies that are due, in every process of the Tuner, for as long as it lives.</summary>
internal sealed partial class StudyWatcher(
    StudyLooks looks, ActiveStudyCache studies, IBus bus, IOptions<TunerOptions> options, TimeProvider time, ILogger<StudyWatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        studies.RemoveIdle(Idle);
        var queue = await bus.GetSendEndpoint(QueueNames.Address(QueueNames.Study));
        await foreach (var record in looks.TakeDueAsync(cancellationToken))
        {
            if (StudyDocument.FindRequest(record) is { } request)
            {
                await queue.Send(request, request.GetType(), cancellationToken);
            }

            await queue.Send(new SweepStudy { ExecutionId = record.ExecutionId }, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryLookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    // A store or a queue that is out of reach ends no watch.
    private async Task TryLookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LookAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(exception, options.Value.SweepEvery.TotalSeconds);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Active studies could not be looked after; the next try is in {Seconds} seconds")]
    private partial void LogFailed(Exception exception, double seconds);
}
