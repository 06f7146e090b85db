using System.Globalization;
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

    /// <summary>Between devices that train each trial together, each on a part of every step's rows: <c>cuda:0+cuda:1</c>.</summary>
    public const char And = '+';

    /// <summary>Turns <see cref="Auto"/> into a device and checks the others.</summary>
    /// <param name="device"><c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>auto</c>, or some of them with <see cref="And"/> in between.</param>
    /// <exception cref="ArgumentException">There is no such device here.</exception>
    public static string Resolve(string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return string.Join(And, device.Split(And).Select(ResolveOne));
    }

    /// <summary>Multiplies on every device; returns where the answer is right.</summary>
    /// <exception cref="InvalidOperationException">A device answers wrongly; one that fails throws what torch does.</exception>
    public static void Probe(string device)
    {
        foreach (var name in Resolve(device).Split(And).Where(name => name != Cpu))
        {
            using var scope = NewDisposeScope();
            var answer = ones(64, 64, device: new Device(name)).matmul(ones(64, 64, device: new Device(name))).sum().item<float>();
            if (answer != 64 * 64 * 64)
            {
                throw new InvalidOperationException($"The device {name} multiplies wrongly: {answer}.");
            }
        }
    }

    internal static IReadOnlyList<Device> Devices(string device) => [.. Resolve(device).Split(And).Select(name => new Device(name))];

    private static string ResolveOne(string device) => device switch
    {
        Cpu => Cpu,
        Auto => cuda.is_available() ? Cuda : Cpu,
        _ when CudaIndex(device) is null => throw new ArgumentException(
            $"Device \"{device}\" is not known; use \"cpu\", \"cuda\", \"cuda:1\" or \"auto\".", nameof(device)),
        _ when !cuda.is_available() => throw new ArgumentException(
            $"Device \"{device}\" was asked for, but torch finds none; "
            + "build with -p:TorchBackend=cuda on a machine with a GPU, or use \"cpu\".", nameof(device)),
        _ when CudaIndex(device) >= cuda.device_count() => throw new ArgumentException(
            $"Device \"{device}\" was asked for, but there are {cuda.device_count()}, counted from 0.", nameof(device)),
        _ => device,
    };

    private static int? CudaIndex(string device) => device switch
    {
        Cuda => 0,
        _ when device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(
            device.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => index,
        _ => null,
    };
}

/// <summary>
/// Holds torch to one thread: two threads inside one small step make it slower, two trials on a thread each do not. The setting belongs to
/// the process and to each calling thread, so every thread that trains enters once. It also makes sums independent of the number of cores.
/// </summary>
internal static class TorchThread
{
    [ThreadStatic]
    private static bool _entered;

    public static void Enter()
    {
        if (_entered) return;
        set_num_threads(1);
        _entered = true;
    }
}
