using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>How a process divides its device among trials; <see cref="For"/> chooses, and docs/decisions/0009 says why.</summary>
/// <param name="Device">What trains, as <see cref="TrainingDevice.Resolve"/> gives it.</param>
/// <param name="Threads">Threads that train; each trains one trial, or one group of the stacked engine.</param>
/// <param name="GroupSize">Maximum number of trials that a group begins with; 1 where no groups are trained.</param>
/// <param name="MaxConcurrentSegments">Maximum number of segments taken from the queue at once; those that no thread trains wait for
/// one.</param>
public sealed record TrainingConcurrency(string Device, int Threads, int GroupSize, int MaxConcurrentSegments)
{
    // One step of a small network keeps a GPU busy for microseconds, so many trials share each of its launches.
    private const int GroupSizeOnCuda = 32;

    /// <summary>
    /// What trains, as <see cref="TrainingEngine.Resolve"/> gives it; by default what <see cref="TrainingEngine.Auto"/> means.
    /// </summary>
    public string Engine { get; init; } = TrainingEngine.Resolve(TrainingEngine.Auto, Device);

    /// <summary>
    /// How long a group that is not full waits for more trials of its shape; 50 ms, because the Tuner sends what it decides together.
    /// </summary>
    public TimeSpan GatheringTime { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The processor trains one trial a core, because a trial alone keeps its weights in the core's cache; a GPU trains one group at a
    /// time, as large as there are trials of a shape. The engine <c>torch</c> trains one trial a thread, on a GPU one after the other.
    /// </summary>
    /// <param name="device">As <see cref="TrainingDevice.Resolve"/> gives it.</param>
    /// <param name="cores">Cores of this machine.</param>
    /// <param name="workers">Maximum number of concurrent segments; none for as many as the device trains at once.</param>
    /// <param name="engine"><c>auto</c>, <c>torch</c>, <c>cpu</c> or <c>stacked</c>.</param>
    /// <exception cref="ArgumentException">There is no such engine, or it does not train on the device.</exception>
    public static TrainingConcurrency For(string device, int cores, int? workers, string engine = TrainingEngine.Auto)
    {
        engine = TrainingEngine.Resolve(engine, device);
        var atOnce = workers ?? (engine == TrainingEngine.Stacked ? GroupSizeOnCuda : device == TrainingDevice.Cpu ? cores : 1);
        return engine == TrainingEngine.Stacked
            ? new TrainingConcurrency(device, 1, Math.Min(atOnce, GroupSizeOnCuda), atOnce) { Engine = engine }
            : new TrainingConcurrency(device, device == TrainingDevice.Cpu ? atOnce : 1, 1, atOnce) { Engine = engine };
    }
}
