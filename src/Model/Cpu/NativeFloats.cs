using System.Runtime.InteropServices;

namespace MacroCausal.Model.Cpu;

/// <summary>Float32 numbers outside the managed heap, zero at first, where a cache line begins.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private const nuint CacheLine = 64;
    private float* _start;

    /// <exception cref="OutOfMemoryException">There is no such memory.</exception>
    public NativeFloats(long length)
    {
        Length = length;
        _start = (float*)NativeMemory.AlignedAlloc(checked((nuint)length * sizeof(float)), CacheLine);
        Clear();
    }

    ~NativeFloats() => Free();

    public long Length { get; }

    public float* Start => _start;

    public Span<float> Span => new(_start, checked((int)Length));

    public void Clear() => NativeMemory.Clear(_start, (nuint)Length * sizeof(float));

    public void CopyFrom(NativeFloats other) => NativeMemory.Copy(other._start, _start, (nuint)Length * sizeof(float));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
