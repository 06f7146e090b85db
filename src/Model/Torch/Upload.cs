using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// The one way from managed memory to a device, counted. Each is a copy that the device waits for, so that a step of a small network
/// would take as long as its uploads: they belong before the steps of an epoch.
/// </summary>
internal static class Upload
{
    [ThreadStatic]
    private static long _count;

    /// <summary>Uploads that this thread has made.</summary>
    public static long Count => _count;

    /// <summary>Float32 values of a shape.</summary>
    public static Tensor Of(float[] values, Device device, params long[] shape)
    {
        _count++;
        return Aligned(tensor(values, device: device)).view(shape);
    }

    /// <summary>Int64 values of a shape.</summary>
    public static Tensor Of(long[] values, Device device, params long[] shape)
    {
        _count++;
        return Aligned(tensor(values, device: device)).view(shape);
    }

    /// <summary>Int32 values of a shape.</summary>
    public static Tensor Of(int[] values, Device device, params long[] shape)
    {
        _count++;
        return Aligned(tensor(values, device: device)).view(shape);
    }

    // On the processor a tensor is its array, and a product sums in another order where an array begins elsewhere in a cache line: a copy
    // lies in torch's own memory, which is aligned, so that a trial's bits do not depend on where its rows lie.
    private static Tensor Aligned(Tensor values)
    {
        if (values.device_type != TorchSharp.DeviceType.CPU) return values;
        using (values)
        {
            return values.clone();
        }
    }
}
