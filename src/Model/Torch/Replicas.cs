using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>What devices that train the same trials on different rows tell each other. With one device there is nothing to tell.</summary>
internal static class Replicas
{
    /// <summary>The sum of what every device has, on every device, added in their order.</summary>
    public static Tensor[] Sum(Tensor[] parts)
    {
        if (parts.Length == 1)
            return parts;
        var sum = parts[0];
        foreach (var part in parts.Skip(1))
            sum = sum.add(part.to(sum.device));
        return [.. parts.Select(part => sum.to(part.device))];
    }

    /// <summary>The consecutive rows that each device takes of a step: as even as can be, the first ones one more.</summary>
    public static (int Start, int Count)[] Share(int rows, int devices)
    {
        var starts = Enumerable.Range(0, devices + 1).Select(device => (int)((long)rows * device / devices)).ToList();
        return [.. starts.Zip(starts.Skip(1), (start, end) => (start, end - start))];
    }
}
