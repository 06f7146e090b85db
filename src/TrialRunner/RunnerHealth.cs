using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MacroCausal.Hosting;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>Whose failure it is that a segment was not trained.</summary>
public enum FailureOwner
{
    /// <summary>The trial's: another runner would fail too. It counts as an attempt.</summary>
    Trial,

    /// <summary>This runner's: its rights, disk, device or libraries. Another runner may succeed.</summary>
    Runner,

    /// <summary>Neither's: a service is throttled or down. It may succeed later.</summary>
    World,
}

/// <summary>A segment goes back to the queue, as its failure is not its trial's.</summary>
internal sealed class SegmentHandedBackException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>An epoch could not be reported.</summary>
internal sealed class ReportException(Exception cause) : Exception($"An epoch could not be reported: {cause.Message}", cause);

/// <summary>
/// Whether this runner can train at all: it writes, reads and deletes an object in the artifacts bucket, and multiplies on its device. It
/// proves itself before its first segment and after a failure that looks like its own. While it is sick it takes no segment and is not
/// ready; it tries again every 15 seconds, and ends after 5 minutes so that it is replaced.
/// </summary>
internal sealed partial class RunnerHealth(
    IObjectStore objects,
    IOptions<PipelineOptions> pipeline,
    IOptions<TrialRunnerOptions> options,
    TrainingConcurrency concurrency,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<RunnerHealth> logger) : BackgroundService, IReceiveEndpointObserver, IHealthCheck
{
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan EndAfter = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _probing = new(1);
    private readonly TaskCompletionSource<IReceiveEndpoint> _endpoint = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _sickened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _sickness;
    private volatile bool _isProven;

    /// <summary>Whose failure an exception tells of.</summary>
    public static FailureOwner OwnerOf(Exception exception) => exception switch
    {
        ObjectStoreException { Cause: FailureCause.Process } => FailureOwner.Runner,
        ObjectStoreException { Cause: FailureCause.Store } or ReportException => FailureOwner.World,
        IOException or UnauthorizedAccessException or DllNotFoundException or TypeInitializationException => FailureOwner.Runner,
        ExternalException when !SegmentFailure.IsOutOfMemory(exception) => FailureOwner.Runner,
        _ => FailureOwner.Trial,
    };

    /// <summary>Returns where this runner can train.</summary>
    /// <exception cref="SegmentHandedBackException">It cannot.</exception>
    public async Task ProveAsync(CancellationToken cancellationToken)
    {
        if (Bucket is null || (_isProven && _sickness is null)) return;
        if (await FindSicknessAsync(onlyIfUnknown: true, cancellationToken) is { } sickness) throw new SegmentHandedBackException(sickness);
    }

    /// <summary>Whether the segment that failed so goes back to the queue, for another runner or for later, without a word of it.</summary>
    public async Task<bool> HandsBackAsync(Exception exception, CancellationToken cancellationToken)
    {
        var owner = OwnerOf(exception);
        if (Bucket is null || owner == FailureOwner.Trial) return false;
        if (owner == FailureOwner.World) return true;

        // Where this runner can do what it must, the failure is of this segment's objects alone.
        return await FindSicknessAsync(onlyIfUnknown: false, cancellationToken) is not null;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_sickness is { } sickness ? HealthCheckResult.Unhealthy(sickness) : HealthCheckResult.Healthy());

    public Task Ready(ReceiveEndpointReady ready)
    {
        if (ready.InputAddress.AbsolutePath.EndsWith(QueueNames.RunTrial, StringComparison.Ordinal))
        {
            _endpoint.TrySetResult(ready.ReceiveEndpoint);
        }

        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    /// <summary>Stops the endpoint when the runner is sick, starts it when it is well, ends a process that stays sick.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Bucket is null)
        {
            LogUnproven();
            return;
        }

        while (true)
        {
            await _sickened.Task.WaitAsync(stoppingToken);
            var endpoint = await _endpoint.Task.WaitAsync(stoppingToken);
            LogSick(_sickness ?? "", ProbeEvery, EndAfter);
            var since = time.GetTimestamp();
            await endpoint.Stop(stoppingToken);
            do
            {
                if (time.GetElapsedTime(since) >= EndAfter)
                {
                    LogEnds(_sickness ?? "");
                    Environment.ExitCode = 1;
                    lifetime.StopApplication();
                    return;
                }

                await Task.Delay(ProbeEvery, time, stoppingToken);
            }
            while (await FindSicknessAsync(onlyIfUnknown: false, stoppingToken) is not null);

            await endpoint.Start(stoppingToken).Ready;
            LogWell();
        }
    }

    private string? Bucket => pipeline.Value.ArtifactsBucket;

    private string ProbeUri => ObjectKeys.Uri(Bucket!, ObjectKeys.Probe(options.Value.Name));

    /// <summary>Looks what is wrong with this runner; null where nothing is.</summary>
    private async Task<string?> FindSicknessAsync(bool onlyIfUnknown, CancellationToken cancellationToken)
    {
        await _probing.WaitAsync(cancellationToken);
        try
        {
            if (onlyIfUnknown && _isProven) return _sickness;
            var sickness = await ProbeAsync(cancellationToken);
            _sickness = sickness;
            _isProven = true;
            if (sickness is null)
            {
                if (_sickened.Task.IsCompleted) _sickened = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else
            {
                _sickened.TrySetResult();
            }

            return sickness;
        }
        finally
        {
            _probing.Release();
        }
    }

    private async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var content = new MemoryStream(RandomNumberGenerator.GetBytes(64));
            var written = await objects.PutAsync(ProbeUri, content, cancellationToken);
            await using (await objects.OpenAsync(written, cancellationToken))
            {
                TrainingDevice.Probe(concurrency.Device);
            }

            await objects.DeleteAsync(ProbeUri, cancellationToken);
            return null;
        }
        catch (Exception exception) when (OwnerOf(exception) == FailureOwner.World)
        {
            // The store is down for everybody; a runner that ended for it would be missing when it is back.
            LogNotProbed(exception.Message);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.Message;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "ARTIFACTS_BUCKET is not set, so this runner cannot prove itself: a failure of its own counts against the trials that it meets")]
    private partial void LogUnproven();

    [LoggerMessage(
        LogLevel.Error,
        "This runner is sick and takes no segments: {Sickness} It tries again every {ProbeEvery} and ends after {EndAfter}")]
    private partial void LogSick(string sickness, TimeSpan probeEvery, TimeSpan endAfter);

    [LoggerMessage(LogLevel.Information, "This runner is well again and takes segments")]
    private partial void LogWell();

    [LoggerMessage(LogLevel.Critical, "This runner stays sick and ends, to be replaced: {Sickness}")]
    private partial void LogEnds(string sickness);

    [LoggerMessage(LogLevel.Warning, "This runner could not prove itself and goes on: {Reason}")]
    private partial void LogNotProbed(string reason);
}
