namespace MacroCausal.Model.Training;

/// <summary>
/// Names of the ways to train a trial. All make the same of it, to rounding; a trial may go on from one to another by its checkpoint.
/// </summary>
public static class TrainingEngine
{
    /// <summary><see cref="Cpu"/> on the processor, <see cref="Stacked"/> on other devices.</summary>
    public const string Auto = "auto";

    /// <summary>MacroCausalModel by autograd, one trial at a time, on one device: plain and slow.</summary>
    public const string Torch = "torch";

    /// <summary>Kernels of our own for the processor, one trial at a time.</summary>
    public const string Cpu = "cpu";

    /// <summary>The trials of one shape in every operation of torch, on one device or several.</summary>
    public const string Stacked = "stacked";

    /// <summary>Turns <see cref="Auto"/> into an engine and checks the others.</summary>
    /// <param name="engine"><c>auto</c>, <c>torch</c>, <c>cpu</c> or <c>stacked</c>.</param>
    /// <param name="device">As <see cref="TrainingDevice.Resolve"/> gives it.</param>
    /// <exception cref="ArgumentException">There is no such engine, or it does not train on the device.</exception>
    public static string Resolve(string engine, string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return engine switch
        {
            Auto => device == TrainingDevice.Cpu ? Cpu : Stacked,
            Cpu when device != TrainingDevice.Cpu => throw new ArgumentException(
                $"Engine \"cpu\" trains on the processor, but the device is \"{device}\"; use engine \"auto\" or device \"cpu\".",
                nameof(engine)),
            Torch when device.Contains(TrainingDevice.And, StringComparison.Ordinal) => throw new ArgumentException(
                $"Engine \"torch\" trains on one device, not on \"{device}\"; use engine \"stacked\" or one device.", nameof(engine)),
            Torch or Cpu or Stacked => engine,
            _ => throw new ArgumentException(
                $"Engine \"{engine}\" is not known; use \"auto\", \"torch\", \"cpu\" or \"stacked\".", nameof(engine)),
        };
    }
}
