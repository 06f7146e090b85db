namespace MacroCausal.Bench.Scaling;

/// <summary>
/// The cluster that a study runs on; seconds. A runner is a pod with a node and a GPU of its own, which is paid from the node's launch to
/// the pod's end.
/// </summary>
internal sealed record ClusterSettings
{
    /// <summary>From a pod's request to a node that is ready.</summary>
    public double NodeStart { get; init; } = 150;

    /// <summary>From the ready node to the first message: image, process, connection.</summary>
    public double PodStart { get; init; } = 30;

    /// <summary>Mean life of a spot node in hours; none for nodes that are never taken.</summary>
    public double? SpotLife { get; init; }

    /// <summary>One epoch of a middling configuration.</summary>
    public double EpochSeconds { get; init; } = 5;

    /// <summary>A segment's checkpoint and messages, there and back.</summary>
    public double Handling { get; init; } = 1;

    /// <summary><c>TrialRunner__CheckpointEvery</c>.</summary>
    public double CheckpointEvery { get; init; } = 60;

    /// <summary>Visibility timeout of the queue; a runner renews it at half time.</summary>
    public double Visibility { get; init; } = 30;

    /// <summary><c>terminationGracePeriodSeconds</c>.</summary>
    public double Grace { get; init; } = 60;

    /// <summary><c>Tuner__Lease</c>.</summary>
    public double Lease { get; init; } = 120;

    /// <summary><c>Tuner__SweepEvery</c>.</summary>
    public double SweepEvery { get; init; } = 15;

    /// <summary><c>Tuner__MaxAttempts</c>.</summary>
    public int MaxAttempts { get; init; } = 3;

    public int Trials { get; init; } = 1000;

    /// <summary>Concurrent segments: what the queue's depth can reach.</summary>
    public int Parallelism { get; init; } = 50;

    public int Seed { get; init; } = 1;
}
