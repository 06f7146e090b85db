using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MacroCausal.Model.Checkpoints;

/// <summary>
/// A safetensors file: eight bytes of header length, a JSON header, the tensors' bytes end to end
/// (https://github.com/huggingface/safetensors#format). The same content always gives the same bytes. Nothing in a file is ever executed,
/// and a file that is not exactly well-formed is refused.
/// </summary>
internal sealed class SafetensorsFile(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafetensorsTensor> tensors)
{
    private const int Alignment = 8;
    private const int LongestHeader = 100_000_000;
    private const string MetadataName = "__metadata__";

    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata;

    public IReadOnlyList<SafetensorsTensor> Tensors { get; } = tensors;

    /// <summary>The tensor of that name.</summary>
    public SafetensorsTensor this[string name] =>
        Tensors.FirstOrDefault(tensor => tensor.Name == name) ?? throw new ModelFileException(
            $"The file has no tensor \"{name}\"; it is of another kind or version.");

    public void Write(Stream stream)
    {
        var header = Header();
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in Tensors)
        {
            stream.Write(tensor.Data.Span);
        }
    }

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="ModelFileException">It is cut short, or not exactly well-formed.</exception>
    public static SafetensorsFile Read(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        ReadOnlyMemory<byte> content = memory.GetBuffer().AsMemory(0, (int)memory.Length);
        if (content.Length < sizeof(ulong))
        {
            throw new ModelFileException(
                $"The file has {content.Length} bytes, fewer than the 8 of a safetensors header's length; it is cut short.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(content.Span);
        if (length > LongestHeader || length > (ulong)(content.Length - sizeof(ulong)))
        {
            throw new ModelFileException(
                $"The header claims {length} bytes of a file of {content.Length}; it is cut short or no safetensors file.");
        }

        return SafetensorsHeader.Parse(content.Slice(sizeof(ulong), (int)length), content[(sizeof(ulong) + (int)length)..]);
    }

    private byte[] Header()
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            foreach (var (name, value) in Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            WriteTensors(json);
            json.WriteEndObject();
        }

        while (memory.Length % Alignment != 0)
        {
            memory.WriteByte((byte)' ');
        }

        return memory.ToArray();
    }

    private void WriteTensors(Utf8JsonWriter json)
    {
        long offset = 0;
        foreach (var tensor in Tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.ElementType);
            json.WriteStartArray("shape");
            foreach (var size in tensor.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}

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

/// <summary>Reads the header of a safetensors file and cuts the data by it, believing nothing.</summary>
internal static class SafetensorsHeader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static SafetensorsFile Parse(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> data)
    {
        try
        {
            using var json = JsonDocument.Parse(header, Strict);
            var tensors = new List<SafetensorsTensor>();
            long end = 0;
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    ReadMetadata(entry.Value, metadata);
                }
                else
                {
                    var tensor = Cut(entry, data, end);
                    tensors.Add(tensor);
                    end += tensor.Data.Length;
                }
            }

            if (end != data.Length)
            {
                throw new ModelFileException(
                    $"The header describes fewer than the {data.Length} bytes of data that follow it; the file is corrupted.");
            }

            return new SafetensorsFile(metadata, tensors);
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new ModelFileException("The header is not a safetensors header; the file is corrupted or of another kind.", exception);
        }
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        foreach (var entry in element.EnumerateObject())
        {
            metadata.Add(entry.Name, entry.Value.GetString() ?? throw new JsonException());
        }
    }

    private static SafetensorsTensor Cut(JsonProperty entry, ReadOnlyMemory<byte> data, long begin)
    {
        var elementType = entry.Value.GetProperty("dtype").GetString() ?? "";
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => checked((long)size.GetUInt64())).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        var size = SafetensorsTensor.SizeOf(elementType)
            ?? throw new ModelFileException(
                $"Tensor \"{entry.Name}\" is of type \"{elementType}\"; only F32 and F64 are read here.");
        var bytes = shape.Aggregate((long)size, (product, length) => checked(product * length));
        if (offsets is not [var from, var to] || from != begin || to - from != bytes || to > data.Length)
        {
            throw new ModelFileException(
                $"Tensor \"{entry.Name}\" [{string.Join(", ", shape)}] does not lie where the header says; "
                + "the file is cut short or corrupted.");
        }

        return new SafetensorsTensor(entry.Name, elementType, shape, data.Slice((int)from, (int)bytes));
    }
}

/// <summary>A model file or a checkpoint cannot be used. The message says what is wrong with it and what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>One with a message.</summary>
    public ModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>One with a message and what led to it.</summary>
    public ModelFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
