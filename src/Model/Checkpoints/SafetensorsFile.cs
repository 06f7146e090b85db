using System.Buffers.Binary;
using System.Text.Json;

namespace MacroCausal.Model.Checkpoints;

/// <summary>
/// A safetensors file: eight bytes of header length, a JSON header, the tensors' bytes end to end (https://github.com/huggingface/safetensors#format).
/// The same content always gives the same bytes. Nothing in a file is ever executed, and a file that is not exactly well-formed is refused.
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
        Tensors.FirstOrDefault(tensor => tensor.Name == name) ?? throw new ModelFileException($"The file has no tensor \"{name}\"; it is of another kind or version.");

    public void Write(Stream stream)
    {
        var header = Header();
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in Tensors)
            stream.Write(tensor.Data.Span);
    }

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="ModelFileException">It is cut short, or not exactly well-formed.</exception>
    public static SafetensorsFile Read(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        ReadOnlyMemory<byte> content = memory.GetBuffer().AsMemory(0, (int)memory.Length);
        if (content.Length < sizeof(ulong))
            throw new ModelFileException($"The file has {content.Length} bytes, fewer than the 8 of a safetensors header's length; it is cut short.");

        var length = BinaryPrimitives.ReadUInt64LittleEndian(content.Span);
        if (length > LongestHeader || length > (ulong)(content.Length - sizeof(ulong)))
            throw new ModelFileException($"The header claims {length} bytes of a file of {content.Length}; it is cut short or no safetensors file.");
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
                json.WriteString(name, value);
            json.WriteEndObject();
            WriteTensors(json);
            json.WriteEndObject();
        }

        while (memory.Length % Alignment != 0)
            memory.WriteByte((byte)' ');
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
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
