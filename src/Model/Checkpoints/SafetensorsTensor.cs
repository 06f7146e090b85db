using System.Runtime.InteropServices;

namespace MacroCausal.Model.Checkpoints;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType"><c>F32</c> or <c>F64</c>.</param>
/// <param name="Shape">Its dimensions, row-major.</param>
/// <param name="Data">Its elements, little-endian.</param>
internal sealed record SafetensorsTensor(string Name, string ElementType, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    public static SafetensorsTensor Of(string name, ReadOnlySpan<float> values, params IReadOnlyList<long> shape) =>
        new(name, "F32", shape.Count == 0 ? [values.Length] : shape, MemoryMarshal.AsBytes(values).ToArray());

    public static SafetensorsTensor Of(string name, ReadOnlySpan<double> values) =>
        new(name, "F64", [values.Length], MemoryMarshal.AsBytes(values).ToArray());

    public float[] Floats() => Values<float>("F32");

    public double[] Doubles() => Values<double>("F64");

    /// <summary>Bytes of an element, or null for a type that is not read here.</summary>
    public static int? SizeOf(string elementType) => elementType switch { "F32" => 4, "F64" => 8, _ => null };

    private T[] Values<T>(string elementType)
        where T : struct =>
        ElementType == elementType
            ? MemoryMarshal.Cast<byte, T>(Data.Span).ToArray()
            : throw new ModelFileException($"Tensor \"{Name}\" is {ElementType}, not {elementType}; the file is of another kind.");
}
