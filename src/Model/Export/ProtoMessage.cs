using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MacroCausal.Model.Export;

/// <summary>
/// A protobuf message that is written field by field, without generated classes (https://protobuf.dev/programming-guides/encoding).
/// </summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;
    private readonly ArrayBufferWriter<byte> _output = new();

    public ProtoMessage Number(int field, long value)
    {
        Write((ulong)((field << 3) | Varint));
        Write((ulong)value);
        return this;
    }

    public ProtoMessage Real(int field, float value)
    {
        Write((ulong)((field << 3) | Fixed32));
        BinaryPrimitives.WriteSingleLittleEndian(_output.GetSpan(sizeof(float)), value);
        _output.Advance(sizeof(float));
        return this;
    }

    public ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Write((ulong)((field << 3) | LengthDelimited));
        Write((ulong)value.Length);
        _output.Write(value);
        return this;
    }

    public ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value._output.WrittenSpan);

    public ProtoMessage Messages(int field, IEnumerable<ProtoMessage> values) =>
        values.Aggregate(this, (message, value) => message.Message(field, value));

    public byte[] ToArray() => _output.WrittenSpan.ToArray();

    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _output.Write([(byte)(value | 0x80)]);
        }

        _output.Write([(byte)value]);
    }
}
