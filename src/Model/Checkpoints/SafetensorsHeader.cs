using System.Text.Json;

namespace MacroCausal.Model.Checkpoints;

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
                    ReadMetadata(entry.Value, metadata);
                else
                {
                    var tensor = Cut(entry, data, end);
                    tensors.Add(tensor);
                    end += tensor.Data.Length;
                }
            }

            if (end != data.Length)
                throw new ModelFileException($"The header describes fewer than the {data.Length} bytes of data that follow it; the file is corrupted.");
            return new SafetensorsFile(metadata, tensors);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new ModelFileException("The header is not a safetensors header; the file is corrupted or of another kind.", exception);
        }
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        foreach (var entry in element.EnumerateObject())
            metadata.Add(entry.Name, entry.Value.GetString() ?? throw new JsonException());
    }

    private static SafetensorsTensor Cut(JsonProperty entry, ReadOnlyMemory<byte> data, long begin)
    {
        var elementType = entry.Value.GetProperty("dtype").GetString() ?? "";
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => checked((long)size.GetUInt64())).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        var size = SafetensorsTensor.SizeOf(elementType)
            ?? throw new ModelFileException($"Tensor \"{entry.Name}\" is of type \"{elementType}\"; only F32 and F64 are read here.");
        var bytes = shape.Aggregate((long)size, (product, length) => checked(product * length));
        if (offsets is not [var from, var to] || from != begin || to - from != bytes || to > data.Length)
            throw new ModelFileException($"Tensor \"{entry.Name}\" [{string.Join(", ", shape)}] does not lie where the header says; the file is cut short or corrupted.");
        return new SafetensorsTensor(entry.Name, elementType, shape, data.Slice((int)from, (int)bytes));
    }
}
