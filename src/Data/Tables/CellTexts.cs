using System.Collections;
using System.Text;

namespace MacroCausal.Data.Tables;

/// <summary>
/// The cells of a column as text, in UTF-8 in blocks: a length byte and four bytes beside the letters of each. A string is made of a cell
/// when it is asked for.
/// </summary>
internal sealed class CellTexts : IReadOnlyList<string>
{
    private const int MinBlockBytes = 1 << 8;
    private const int MaxBlockBytes = 1 << 16;
    private const byte IsLong = 255;

    // A cell's place is the number of its block in the upper 16 bits, its offset there in the lower 16.
    private readonly List<byte[]> _blocks = [];
    private readonly List<uint> _places = [];
    private readonly List<string> _long = [];
    private int _used;

    public int Count => _places.Count;

    public string this[int index]
    {
        get
        {
            var (block, offset) = (_blocks[(int)(_places[index] >> 16)], (int)(_places[index] & 0xffff));
            return block[offset] == IsLong
                ? _long[BitConverter.ToInt32(block, offset + 1)]
                : Encoding.UTF8.GetString(block, offset + 1, block[offset]);
        }
    }

    public void Add(string cell)
    {
        var length = Encoding.UTF8.GetByteCount(cell);
        var isLong = length >= IsLong;
        var block = Room(1 + (isLong ? sizeof(int) : length));
        _places.Add(((uint)(_blocks.Count - 1) << 16) | (uint)_used);
        block[_used] = isLong ? IsLong : (byte)length;
        if (isLong)
        {
            BitConverter.TryWriteBytes(block.AsSpan(_used + 1), _long.Count);
            _long.Add(cell);
            length = sizeof(int);
        }
        else
        {
            Encoding.UTF8.GetBytes(cell, block.AsSpan(_used + 1));
        }

        _used += 1 + length;
    }

    public bool TrueForAll(Predicate<string> match)
    {
        for (var index = 0; index < Count; index++)
        {
            if (!match(this[index])) return false;
        }

        return true;
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private byte[] Room(int bytes)
    {
        if (_blocks.Count > 0 && _used + bytes <= _blocks[^1].Length) return _blocks[^1];
        if (_blocks.Count > ushort.MaxValue) throw new TableException("A column has more than 4 GiB of text; write the table as Parquet.");
        var length = _blocks.Count == 0 ? MinBlockBytes : Math.Min(MaxBlockBytes, 2 * _blocks[^1].Length);
        _blocks.Add(new byte[Math.Max(length, bytes)]);
        _used = 0;
        return _blocks[^1];
    }
}
