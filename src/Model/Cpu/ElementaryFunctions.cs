using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Exponential, hyperbolic tangent and error function of sixteen numbers at once, to a few units in the last place; NaN stays NaN. Each
/// multiplication and addition that belong together are fused by name, so that the bits do not depend on the width of the processor's
/// vectors.
/// </summary>
internal static class ElementaryFunctions
{
    // Below and above, the power of two that the result is scaled by would be no normal float32.
    private const float LowestExponent = -87.3f;
    private const float HighestExponent = 88.3f;
    private const float InverseLn2 = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const int Bias = 127;
    private const int MantissaBits = 23;

    // Beyond, float32's erf is 1.
    private const float HighestErf = 4;

    /// <summary>exp(x); at least 1e-38 and at most 2.2e38.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var (fraction, scale) = Reduce(x);
        return Vector512.FusedMultiplyAdd(fraction, scale, scale);
    }

    /// <summary>exp(x), and exp(x) - 1 without loss where x is near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Exp, Vector512<float> LessOne) ExpBoth(Vector512<float> x)
    {
        var (fraction, scale) = Reduce(x);
        var lessOne = scale - Vector512<float>.One;
        return (Vector512.FusedMultiplyAdd(fraction, scale, scale), Vector512.FusedMultiplyAdd(fraction, scale, lessOne));
    }

    /// <summary>tanh(x) by exp(2x) - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var (_, lessOne) = ExpBoth(x + x);
        return lessOne / (lessOne + Vector512.Create(2f));
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <summary>erf(x): the odd rational function of Eigen's <c>generic_fast_erf_float</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        x = Clamp(x, -HighestErf, HighestErf);
        var square = x * x;
        var upper = Vector512.Create(-2.72614225801306e-10f);
        upper = Vector512.FusedMultiplyAdd(upper, square, Vector512.Create(2.77068142495902e-08f));
        upper = Vector512.FusedMultiplyAdd(upper, square, Vector512.Create(-2.10102402082508e-06f));
        upper = Vector512.FusedMultiplyAdd(upper, square, Vector512.Create(-5.69250639462346e-05f));
        upper = Vector512.FusedMultiplyAdd(upper, square, Vector512.Create(-7.34990630326855e-04f));
        upper = Vector512.FusedMultiplyAdd(upper, square, Vector512.Create(-2.95459980854025e-03f));
        upper = Vector512.FusedMultiplyAdd(upper, square, Vector512.Create(-1.60960333262415e-02f));
        var lower = Vector512.Create(-1.45660718464996e-05f);
        lower = Vector512.FusedMultiplyAdd(lower, square, Vector512.Create(-2.13374055278905e-04f));
        lower = Vector512.FusedMultiplyAdd(lower, square, Vector512.Create(-1.68282697438203e-03f));
        lower = Vector512.FusedMultiplyAdd(lower, square, Vector512.Create(-7.37332916720468e-03f));
        lower = Vector512.FusedMultiplyAdd(lower, square, Vector512.Create(-1.42647390514189e-02f));
        return Clamp(x * upper / lower, -1, 1);
    }

    // exp(x) = 2^n (1 + fraction) with x = n ln 2 + r, |r| at most ln 2 / 2, and fraction = exp(r) - 1 by the polynomial of Cephes' expf.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Fraction, Vector512<float> Scale) Reduce(Vector512<float> x)
    {
        x = Clamp(x, LowestExponent, HighestExponent);
        var n = Vector512.Round(x * Vector512.Create(InverseLn2));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        var sum = Vector512.Create(1.9875691500e-4f);
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1.3981999507e-3f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(8.3334519073e-3f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(4.1665795894e-2f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1.6666665459e-1f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(5.0000001201e-1f));
        var fraction = Vector512.FusedMultiplyAdd(sum * r, r, r);
        return (fraction, ((Vector512.ConvertToInt32(n) + Vector512.Create(Bias)) << MantissaBits).AsSingle());
    }

    // What is no number is neither below nor above, and stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Clamp(Vector512<float> x, float lowest, float highest)
    {
        var (low, high) = (Vector512.Create(lowest), Vector512.Create(highest));
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, low), low, x);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, high), high, x);
    }
}
