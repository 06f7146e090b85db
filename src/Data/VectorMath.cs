using System.Runtime.InteropServices;
using Lanes = System.Numerics.Vector<double>;

namespace MacroCausal.Data;

/// <summary>What baselines and warnings compute with.</summary>
internal static class VectorMath
{
    /// <summary>The scalar product of two vectors of the same length; always summed in the same order.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var lanes = MemoryMarshal.Cast<double, Lanes>(a);
        var others = MemoryMarshal.Cast<double, Lanes>(b);
        var (even, odd) = (Lanes.Zero, Lanes.Zero);
        var i = 0;
        for (; i + 1 < lanes.Length; i += 2)
        {
            even += lanes[i] * others[i];
            odd += lanes[i + 1] * others[i + 1];
        }

        var sum = System.Numerics.Vector.Sum(even + odd);
        for (var k = i * Lanes.Count; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }
}
