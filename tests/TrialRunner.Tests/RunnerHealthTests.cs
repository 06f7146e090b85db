using System.ComponentModel;
using MacroCausal.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.TrialRunner.Tests;

public sealed class RunnerHealthTests
{
    private readonly MemoryObjectStore _objects = new();
    private readonly FakeTimeProvider _time = new();

    public static TheoryData<Exception, FailureOwner> Failures => new()
    {
        { new SegmentException("of another trial"), FailureOwner.Trial },
        { new ArgumentException("a batch of no rows"), FailureOwner.Trial },
        { new ObjectStoreException("has another hash"), FailureOwner.Trial },
        { new InsufficientMemoryException(), FailureOwner.Trial },
        { new Win32Exception(1, "CUDA out of memory"), FailureOwner.Trial },
        { new ObjectStoreException("denied") { Cause = FailureCause.Process }, FailureOwner.Runner },
        { new IOException("No space left on device"), FailureOwner.Runner },
        { new UnauthorizedAccessException(), FailureOwner.Runner },
        { new DllNotFoundException("libtorch"), FailureOwner.Runner },
        { new Win32Exception(1, "CUDA error: device-side assert triggered"), FailureOwner.Runner },
        { new ObjectStoreException("throttled") { Cause = FailureCause.Store }, FailureOwner.World },
        { new ReportException(new TimeoutException()), FailureOwner.World },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void A_failure_is_the_trial_s_only_where_another_runner_would_meet_it_too(Exception failure, FailureOwner owner) =>
        RunnerHealth.OwnerOf(failure).ShouldBe(owner);

    [Fact]
    public async Task A_sick_runner_takes_no_segment_until_it_is_well()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        _objects.Refuses = _ => true;
        await using var process = await RunnerProcess.StartProvingAsync(_objects, _time);
        await SickenAsync(process, segment);

        _objects.Refuses = _ => false;
        await _time.AdvanceUntilAsync(async () => await StatusAsync(process) == HealthStatus.Healthy);

        (await process.RunAsync(segment))[^1].Checkpoint.ShouldNotBeNull();
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
        _objects.Uris.ShouldNotContain(uri => uri.Contains("probe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_runner_that_stays_sick_ends_its_process()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        _objects.Refuses = _ => true;
        await using var process = await RunnerProcess.StartProvingAsync(_objects, _time);
        await SickenAsync(process, segment);

        var since = _time.GetUtcNow();
        await _time.AdvanceUntilAsync(() => Task.FromResult(process.Lifetime.ApplicationStopping.IsCancellationRequested));

        (_time.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(RunnerHealth.EndAfter);
        Environment.ExitCode.ShouldBe(1);
        Environment.ExitCode = 0;
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
        process.Watch.All<TrialEpochCompleted>().ShouldBeEmpty();
    }

    private static async Task SickenAsync(RunnerProcess process, RunTrial segment)
    {
        await process.SendAsync(segment);
        await process.Watch.WaitAsync<SegmentHandedBackException>(_ => true);
        (await StatusAsync(process)).ShouldBe(HealthStatus.Unhealthy);
    }

    private static async Task<HealthStatus> StatusAsync(RunnerProcess process) =>
        (await process.Health.CheckHealthAsync(new HealthCheckContext())).Status;
}
