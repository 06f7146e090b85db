using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ZstdSharp;

namespace MacroCausal.Data.Tables;

/// <summary>
/// A text file as people have them: packed with gzip, Zstandard or not, UTF-8 or UTF-16 by its byte order mark, UTF-8 without one, else
/// Latin-1 (Windows-1252 without its extras). It is read as a stream, as often as asked for, and never held whole.
/// </summary>
internal sealed class TextFile
{
    private const int BlockBytes = 1 << 16;

    private static readonly byte[] Gzip = [0x1f, 0x8b];
    private static readonly byte[] Member = [0x1f, 0x8b, 0x08];
    private static readonly byte[] Zstandard = [0x28, 0xb5, 0x2f, 0xfd];
    private static readonly byte[] Zip = "PK\u0003\u0004"u8.ToArray();

    private readonly Stream _stream;
    private readonly Packing _packing;

    private TextFile(Stream stream, Packing packing, Encoding encoding, bool hasHash)
    {
        (_stream, _packing, Encoding, HasHash) = (stream, packing, encoding, hasHash);
    }

    private enum Packing
    {
        None,
        Gzip,
        Zstandard,
    }

    /// <summary>How its characters are written.</summary>
    public Encoding Encoding { get; }

    /// <summary>Whether a <c>#</c> is anywhere in it.</summary>
    public bool HasHash { get; }

    /// <summary>
    /// Reads a file once to learn how it is written, and whether it is whole. <paramref name="name"/> is what error messages call it. What
    /// looks like UTF-16 without a mark (every other byte zero) is taken as that. The stream must stay open as long as the file is used.
    /// </summary>
    /// <exception cref="TableException">It is packed in a way that is not read here, or what packs it is damaged.</exception>
    public static async Task<TextFile> OpenAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        var seekable = stream.CanSeek ? stream : await CopyAsync(stream, cancellationToken);
        var start = new byte[Zstandard.Length];
        var length = await ReadBlockAsync(seekable, start, cancellationToken);
        var packing = start.AsSpan(0, length).StartsWith(Zstandard) ? Packing.Zstandard
            : seekable.Length >= 18 && start.AsSpan(0, length).StartsWith(Gzip) ? Packing.Gzip
            : Packing.None;
        try
        {
            var scan = await ScanAsync(Unpack(seekable, packing), cancellationToken);
            if (packing == Packing.Gzip)
            {
                await ThrowIfCutAsync(seekable, scan.Length, cancellationToken);
            }

            return scan.IsZip
                ? throw new TableException($"{name} is a ZIP archive or an Excel file; unpack it, or save the sheet as CSV.")
                : new TextFile(seekable, packing, scan.Encoding, scan.HasHash);
        }
        catch (Exception exception) when (IsDamage(exception, packing))
        {
            throw new TableException(
                $"{name} is a damaged {(packing == Packing.Gzip ? "gzip" : "Zstandard")} file ({exception.Message.TrimEnd('.')}); "
                + "write or fetch it again.", exception);
        }
    }

    /// <summary>Its text, from the beginning; a text that is read before is over then.</summary>
    public TextReader Read() =>
        new StreamReader(Unpack(_stream, _packing), Encoding, detectEncodingFromByteOrderMarks: true, BlockBytes, leaveOpen: true);

    private static Stream Unpack(Stream stream, Packing packing)
    {
        stream.Position = 0;
        return packing switch
        {
            Packing.Gzip => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true),
            Packing.Zstandard => new DecompressionStream(stream),
            _ => stream,
        };
    }

    private static bool IsDamage(Exception exception, Packing packing) => packing switch
    {
        Packing.Gzip => exception is InvalidDataException,
        Packing.Zstandard => exception is ZstdException or EndOfStreamException,
        _ => false,
    };

    private static async Task<TextScan> ScanAsync(Stream content, CancellationToken cancellationToken)
    {
        var scan = new TextScan();
        var block = new byte[BlockBytes];
        for (int count; (count = await ReadBlockAsync(content, block, cancellationToken)) > 0;)
        {
            scan.Take(block.AsSpan(0, count));
        }

        scan.End();
        return scan;
    }

    // .NET ends quietly where a gzip file is cut off. Its last four bytes are its length unpacked; files joined to one hold several
    // lengths, and a head for each.
    private static async Task ThrowIfCutAsync(Stream packed, long unpacked, CancellationToken cancellationToken)
    {
        var end = new byte[sizeof(uint)];
        packed.Position = packed.Length - end.Length;
        await packed.ReadExactlyAsync(end, cancellationToken);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) == unchecked((uint)unpacked)) return;

        // Blocks overlap, so that no head is missed between two.
        var block = new byte[BlockBytes];
        packed.Position = Gzip.Length;
        for (int count; (count = await ReadBlockAsync(packed, block, cancellationToken)) >= Member.Length;)
        {
            if (block.AsSpan(0, count).IndexOf(Member) >= 0) return;
            packed.Position -= Member.Length - 1;
        }

        throw new InvalidDataException("it is cut off");
    }

    private static async Task<int> ReadBlockAsync(Stream content, byte[] block, CancellationToken cancellationToken) =>
        await content.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);

    private static async Task<Stream> CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken);
        memory.Position = 0;
        return memory;
    }

    /// <summary>What the bytes of a text say of it, block by block.</summary>
    private sealed class TextScan
    {
        private const int StartBytes = 4;

        private readonly Decoder _utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
        private readonly char[] _chars = new char[BlockBytes + 1];
        private byte[] _start = [];
        private bool _isUtf8 = true;

        public long Length { get; private set; }

        public bool HasHash { get; private set; }

        public bool IsZip => _start.AsSpan().StartsWith(Zip);

        public Encoding Encoding
        {
            get
            {
                var start = _start.AsSpan();
                if (start.StartsWith(Encoding.UTF8.Preamble)) return Encoding.UTF8;
                if (start.StartsWith(Encoding.Unicode.Preamble)) return Encoding.Unicode;
                if (start.StartsWith(Encoding.BigEndianUnicode.Preamble)) return Encoding.BigEndianUnicode;
                if (start is [not 0, 0, not 0, 0]) return Encoding.Unicode;
                if (start is [0, not 0, 0, not 0]) return Encoding.BigEndianUnicode;
                return _isUtf8 ? Encoding.UTF8 : Encoding.Latin1;
            }
        }

        public void Take(ReadOnlySpan<byte> block)
        {
            if (Length == 0)
            {
                _start = block[..Math.Min(block.Length, StartBytes)].ToArray();
            }

            Length += block.Length;
            HasHash |= block.Contains((byte)'#');
            Decode(block, flush: false);
        }

        public void End() => Decode([], flush: true);

        private void Decode(ReadOnlySpan<byte> block, bool flush)
        {
            if (!_isUtf8) return;
            try
            {
                _utf8.GetChars(block, _chars, flush);
            }
            catch (DecoderFallbackException)
            {
                _isUtf8 = false;
            }
        }
    }
}
