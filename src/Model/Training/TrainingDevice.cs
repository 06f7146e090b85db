using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>Names of the devices that can train.</summary>
public static class TrainingDevice
{
    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>The first CUDA device.</summary>
    public const string Cuda = "cuda";

    /// <summary>CUDA where there is one, otherwise the processor.</summary>
    public const string Auto = "auto";

    /// <summary>Turns <see cref="Auto"/> into a device and checks the others.</summary>
    /// <exception cref="ArgumentException">There is no such device here.</exception>
    public static string Resolve(string device) => device switch
    {
        Cpu => Cpu,
        Auto => cuda.is_available() ? Cuda : Cpu,
        Cuda when cuda.is_available() => Cuda,
        Cuda => throw new ArgumentException("Device \"cuda\" was asked for, but torch finds none; build with -p:TorchBackend=cuda on a machine with a GPU, or use \"cpu\".", nameof(device)),
        _ => throw new ArgumentException($"Device \"{device}\" is not known; use \"cpu\", \"cuda\" or \"auto\".", nameof(device)),
    };
}
