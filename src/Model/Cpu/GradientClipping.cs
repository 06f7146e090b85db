using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>Shortens a gradient whose L2 norm is too large, as <c>torch.nn.utils.clip_grad_norm_</c> does (Pascanu et al. 2013).</summary>
internal static unsafe class GradientClipping
{
    /// <summary>What torch adds to the norm before it divides by it.</summary>
    public const double Epsilon = 1e-6;

    /// <param name="gradient">[length]; the padding is zero, and counts for nothing.</param>
    /// <param name="length">A multiple of <see cref="MatrixProduct.Block"/>.</param>
    /// <param name="limit">Largest norm, above 0.</param>
    public static void Apply(float* gradient, int length, double limit)
    {
        var factor = limit / (Norm(gradient, length) + Epsilon);
        if (!(factor >= 1))
        {
            Scale(gradient, length, (float)factor);
        }
    }

    /// <summary>Multiplies numbers.</summary>
    /// <param name="values">[length]</param>
    /// <param name="length">A multiple of <see cref="MatrixProduct.Block"/>.</param>
    /// <param name="factor">With what.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* values, int length, float factor)
    {
        for (var index = 0; index < length; index += Vector512<float>.Count)
        {
            (Vector512.Load(values + index) * factor).Store(values + index);
        }
    }

    // Squares of large numbers do not fit into float32.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Norm(float* values, int length)
    {
        var sum = Vector512<double>.Zero;
        for (var index = 0; index < length; index += Vector512<float>.Count)
        {
            var (lower, upper) = Vector512.Widen(Vector512.Load(values + index));
            sum += lower * lower;
            sum += upper * upper;
        }

        return Math.Sqrt(Vector512.Sum(sum));
    }
}
