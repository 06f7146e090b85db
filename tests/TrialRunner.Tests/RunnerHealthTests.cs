using System.ComponentModel;
using MacroCausal.Storage;

namespace MacroCausal.TrialRunner.Tests;

public sealed class RunnerHealthTests
{
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
}
