using System.Runtime.InteropServices;
using MacroCausal.Hosting;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Takes a segment from the queue, has it trained, and publishes its epochs as they are done. A segment that cannot be trained is reported
/// as <see cref="TrialFailed"/>; one that a stop interrupts is handed back to the queue by not acknowledging it.
/// </summary>
internal sealed partial class RunTrialConsumer(
    SegmentRunner runner, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RunTrialConsumer> logger) : IConsumer<RunTrial>
{
    public async Task Consume(ConsumeContext<RunTrial> context)
    {
        var segment = context.Message;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            var started = time.GetTimestamp();
            await runner.RunAsync(segment, report => ReportAsync(context, report), stop.Token);
            MacroCausalMetrics.SegmentTime.Record(time.GetElapsedTime(started).TotalSeconds);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogHandedBack(segment.ExecutionId, segment.Trial, segment.ToEpoch);
            throw;
        }
        catch (Exception exception)
        {
            var failure = Failure(segment, exception);
            if (IsExplained(exception))
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

    private static Task ReportAsync(ConsumeContext<RunTrial> context, TrialEpochCompleted report)
    {
        MacroCausalMetrics.Epochs.Add(1);
        return context.Publish(report);
    }

    private static TrialFailed Failure(RunTrial segment, Exception exception) => new()
    {
        ExecutionId = segment.ExecutionId,
        Trial = segment.Trial,
        ToEpoch = segment.ToEpoch,
        Attempt = segment.Attempt,
        Reason = exception switch
        {
            _ when IsOutOfMemory(exception) =>
                $"Memory ran out while training hidden layers [{string.Join(", ", segment.Config.HiddenLayers)}] "
                + $"with batches of {segment.Config.BatchSize}; "
                + "give the runner more memory or fewer Workers.",
            ArgumentException argument => argument.Message.Replace($" (Parameter '{argument.ParamName}')", "", StringComparison.Ordinal),
            _ when IsExplained(exception) => exception.Message,
            _ => $"Unexpected {exception.GetType().Name}: {exception.Message.Split('\n')[0].Trim()}",
        },
    };

    // The reason says it all, so that no stack trace is needed beside it.
    private static bool IsExplained(Exception exception) =>
        IsOutOfMemory(exception) || exception is SegmentException or ModelFileException or ObjectStoreException or ArgumentException;

    // torch reports both of its allocators' failures as text.
    private static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException && (exception.Message.Contains("not enough memory", StringComparison.Ordinal)
            || exception.Message.Contains("out of memory", StringComparison.Ordinal)));

    [LoggerMessage(
        LogLevel.Information,
        "Study {ExecutionId}, trial {Trial}: this process stops, the segment to epoch {ToEpoch} goes back to the queue")]
    private partial void LogHandedBack(string executionId, int trial, int toEpoch);

    [LoggerMessage(LogLevel.Warning, "Study {ExecutionId}, trial {Trial}: the segment to epoch {ToEpoch} failed: {Reason}")]
    private partial void LogFailed(string executionId, int trial, int toEpoch, string reason);

    [LoggerMessage(
        LogLevel.Error, "Study {ExecutionId}, trial {Trial}: the segment to epoch {ToEpoch} failed for a reason that nobody expected")]
    private partial void LogUnexpected(Exception exception, string executionId, int trial, int toEpoch);
}
