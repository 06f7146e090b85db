using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>How a process divides its device among trials; <see cref="For"/> chooses, and docs/decisions/0009 says why.</summary>
/// <param name="Device">What trains, as <see cref="TrainingDevice.Resolve"/> gives it.</param>
/// <param name="Threads">Threads that train; each trains one trial on the processor, one group on a GPU.</param>
/// <param name="GroupSize">Maximum number of trials that a group begins with; 1 on the processor.</param>
/// <param name="MaxConcurrentSegments">Maximum number of segments taken from the queue at once; those that no thread trains wait for
/// one.</param>
public sealed record TrainingConcurrency(string Device, int Threads, int GroupSize, int MaxConcurrentSegments)
{
    // One step of a small network keeps a GPU busy for microseconds, so many trials share each of its launches.
    private const int GroupSizeOnCuda = 32;

    /// <summary>
    /// How long a group that is not full waits for more trials of its shape; 50 ms, because the Tuner sends what it decides together.
    /// </summary>
    public TimeSpan GatheringTime { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The processor trains one trial a core, because a trial alone keeps its weights in the core's cache; a GPU trains one group at a
    /// time, as large as there are trials of a shape.
    /// </summary>
    /// <param name="device">As <see cref="TrainingDevice.Resolve"/> gives it.</param>
    /// <param name="cores">Cores of this machine.</param>
    /// <param name="workers">Maximum number of concurrent segments; none for as many as the device trains at once.</param>
    public static TrainingConcurrency For(string device, int cores, int? workers) => device == TrainingDevice.Cpu
        ? new TrainingConcurrency(device, workers ?? cores, 1, workers ?? cores)
        : new TrainingConcurrency(device, 1, Math.Min(workers ?? GroupSizeOnCuda, GroupSizeOnCuda), workers ?? GroupSizeOnCuda);
}
