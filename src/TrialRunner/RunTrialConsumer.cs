using MacroCausal.Hosting;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Takes a segment from the queue, has it trained, and publishes its epochs as they are done. A segment that cannot be trained is reported
/// as <see cref="TrialFailed"/>; one whose study is over is dropped; one that a stop interrupts, or that fails by a fault of this runner
/// or of the world, is handed back to the queue by not acknowledging it.
/// </summary>
internal sealed partial class RunTrialConsumer(
    SegmentRunner runner, ActiveStudies studies, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RunTrialConsumer> logger,
    RunnerHealth? health = null) : IConsumer<RunTrial>
{
    public async Task Consume(ConsumeContext<RunTrial> context)
    {
        var segment = context.Message;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            if (health is not null) await health.ProveAsync(stop.Token);
            var started = time.GetTimestamp();
            if (!await studies.TryRunAsync(
                segment.ExecutionId, token => runner.RunAsync(segment, report => ReportAsync(context, report), token), stop.Token))
            {
                LogDropped(segment.ExecutionId, segment.Trial, segment.ToEpoch);
                return;
            }

            MacroCausalMetrics.SegmentTime.Record(time.GetElapsedTime(started).TotalSeconds);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogHandedBack(segment.ExecutionId, segment.Trial, segment.ToEpoch);
            throw;
        }
        catch (SegmentHandedBackException exception)
        {
            LogNotTrained(segment.ExecutionId, segment.Trial, segment.ToEpoch, exception.Message);
            throw;
        }
        catch (Exception exception)
        {
            if (health is not null && await health.HandsBackAsync(exception, stop.Token))
            {
                LogNotTrained(segment.ExecutionId, segment.Trial, segment.ToEpoch, exception.Message);
                throw new SegmentHandedBackException(exception.Message, exception);
            }

            var failure = SegmentFailure.Describe(segment, exception);
            if (SegmentFailure.IsExplained(exception))
            {
                LogFailed(segment.ExecutionId, segment.Trial, segment.ToEpoch, failure.Reason);
            }
            else
            {
                LogUnexpected(exception, segment.ExecutionId, segment.Trial, segment.ToEpoch);
            }

            await context.Publish(failure);
        }
    }

    private static async Task ReportAsync(ConsumeContext<RunTrial> context, TrialEpochCompleted report)
    {
        MacroCausalMetrics.Epochs.Add(1);
        try
        {
            await context.Publish(report);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new ReportException(exception);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Study {ExecutionId}, trial {Trial}: this process stops, the segment to epoch {ToEpoch} goes back to the queue")]
    private partial void LogHandedBack(string executionId, int trial, int toEpoch);

    [LoggerMessage(
        LogLevel.Information, "Study {ExecutionId} is over; the segment of trial {Trial} to epoch {ToEpoch} is dropped")]
    private partial void LogDropped(string executionId, int trial, int toEpoch);

    [LoggerMessage(
        LogLevel.Warning,
        "Study {ExecutionId}, trial {Trial}: the segment to epoch {ToEpoch} goes back to the queue, by no fault of its own: {Reason}")]
    private partial void LogNotTrained(string executionId, int trial, int toEpoch, string reason);

    [LoggerMessage(LogLevel.Warning, "Study {ExecutionId}, trial {Trial}: the segment to epoch {ToEpoch} failed: {Reason}")]
    private partial void LogFailed(string executionId, int trial, int toEpoch, string reason);

    [LoggerMessage(
        LogLevel.Error, "Study {ExecutionId}, trial {Trial}: the segment to epoch {ToEpoch} failed for a reason that nobody expected")]
    private partial void LogUnexpected(Exception exception, string executionId, int trial, int toEpoch);
}
