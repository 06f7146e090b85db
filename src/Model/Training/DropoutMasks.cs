using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>The factors of every hidden unit for one step, drawn on the host, so that they are the same on every device. Buffers are used again.</summary>
internal sealed class DropoutMasks(IReadOnlyList<int> widths, int rows, double dropout, Device device) : IDisposable
{
    private readonly Tensor[] _buffers = [.. widths.Select(width => empty(rows, width).DetachFromDisposeScope())];

    /// <summary>Draws the masks of a step of <paramref name="count"/> rows; each [count, H].</summary>
    public Tensor[] Draw(ref RandomStream random, int count)
    {
        var masks = new Tensor[_buffers.Length];
        for (var layer = 0; layer < masks.Length; layer++)
        {
            var part = _buffers[layer].narrow(0, 0, count);
            random.FillMask(MemoryMarshal.Cast<byte, float>(part.bytes), dropout);
            masks[layer] = part.to(device);
        }

        return masks;
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }
}
