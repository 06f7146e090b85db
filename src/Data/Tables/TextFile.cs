using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MacroCausal.Data.Tables;

/// <summary>
/// Text files as people have them: gzipped or not, UTF-8 or UTF-16 by their byte order mark, UTF-8 without one, else Latin-1 (Windows-1252
/// without its extras).
/// </summary>
internal static class TextFile
{
    private static readonly byte[] Gzip = [0x1f, 0x8b];
    private static readonly byte[] Member = [0x1f, 0x8b, 0x08];
    private static readonly byte[] Zstandard = [0x28, 0xb5, 0x2f, 0xfd];
    private static readonly byte[] Zip = "PK\u0003\u0004"u8.ToArray();

    /// <summary>
    /// The text of a file, unpacked, and the name of its encoding. <paramref name="name"/> is what error messages call it. What looks like
    /// UTF-16 without a mark (every other byte zero) is taken as that.
    /// </summary>
    /// <exception cref="TableException">It is packed in a way that is not read here, or its gzip stream is damaged.</exception>
    public static async Task<(string Text, string Encoding)> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        var bytes = await BytesAsync(stream, cancellationToken);
        if (bytes.Length >= 18 && StartsWith(bytes, Gzip)) bytes = await UnpackAsync(bytes, name, cancellationToken);
        if (StartsWith(bytes, Zstandard))
        {
            throw new TableException($"{name} is packed with Zstandard; unpack it first (zstd -d), or pack it with gzip.");
        }

        if (StartsWith(bytes, Zip))
        {
            throw new TableException($"{name} is a ZIP archive or an Excel file; unpack it, or save the sheet as CSV.");
        }

        var encoding = EncodingOf(bytes);
        return (encoding.GetString(bytes.Span[Preamble(bytes, encoding)..]), encoding.WebName);
    }

    private static async Task<ReadOnlyMemory<byte>> BytesAsync(Stream stream, CancellationToken cancellationToken)
    {
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken);
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    private static async Task<ReadOnlyMemory<byte>> UnpackAsync(
        ReadOnlyMemory<byte> packed, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var unpacking = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            var bytes = await BytesAsync(unpacking, cancellationToken);
            // .NET ends quietly where a gzip file is cut off. Its last four bytes are its length unpacked; files joined to one hold several
            // lengths.
            var isWhole = BinaryPrimitives.ReadUInt32LittleEndian(packed.Span[^4..]) == (uint)bytes.Length
                || packed.Span[2..].IndexOf(Member) >= 0;
            return isWhole ? bytes : throw new InvalidDataException("it is cut off");
        }
        catch (InvalidDataException exception)
        {
            throw new TableException(
                $"{name} is a damaged gzip file ({exception.Message.TrimEnd('.')}); write or fetch it again.", exception);
        }
    }

    private static Encoding EncodingOf(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (StartsWith(bytes, Encoding.UTF8.Preamble)) return Encoding.UTF8;
        if (StartsWith(bytes, Encoding.Unicode.Preamble)) return Encoding.Unicode;
        if (StartsWith(bytes, Encoding.BigEndianUnicode.Preamble)) return Encoding.BigEndianUnicode;
        if (span.Length >= 4 && span[0] != 0 && span[1] == 0 && span[2] != 0 && span[3] == 0) return Encoding.Unicode;
        if (span.Length >= 4 && span[0] == 0 && span[1] != 0 && span[2] == 0 && span[3] != 0) return Encoding.BigEndianUnicode;
        return System.Text.Unicode.Utf8.IsValid(span) ? Encoding.UTF8 : Encoding.Latin1;
    }

    private static int Preamble(ReadOnlyMemory<byte> bytes, Encoding encoding) =>
        StartsWith(bytes, encoding.Preamble) ? encoding.Preamble.Length : 0;

    private static bool StartsWith(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> start) => bytes.Span.StartsWith(start);
}
