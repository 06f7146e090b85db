using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Adam (Kingma, Ba 2015, Algorithm 1) with the L2 penalty added to the gradient, as torch.optim.Adam does it: one pass over parameters,
/// gradient and moments.
/// </summary>
internal static unsafe class AdamUpdate
{
    public const double Beta1 = 0.9;
    public const double Beta2 = 0.999;
    public const double Epsilon = 1e-8;
    private const int InverseGuess = 0x7EF311C7;

    /// <param name="parameters">[length], as the other three; moved.</param>
    /// <param name="gradient">Only read.</param>
    /// <param name="first">Mean of the gradients; moved.</param>
    /// <param name="second">Mean of their squares; moved.</param>
    /// <param name="length">A multiple of <see cref="MatrixProduct.Block"/>.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="weightDecay">L2 penalty.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(
        float* parameters, float* gradient, float* first, float* second, int length, long step, double learningRate, double weightDecay)
    {
        var decay = Vector512.Create((float)weightDecay);
        var (keep1, take1) = (Vector512.Create((float)Beta1), Vector512.Create((float)(1 - Beta1)));
        var (keep2, take2) = (Vector512.Create((float)Beta2), Vector512.Create((float)(1 - Beta2)));
        var epsilon = Vector512.Create((float)Epsilon);
        var correction = Vector512.Create((float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step))));
        var stepSize = Vector512.Create((float)(-learningRate / (1 - Math.Pow(Beta1, step))));
        for (var index = 0; index < length; index += Vector512<float>.Count)
        {
            var value = Vector512.Load(parameters + index);
            var slope = Vector512.FusedMultiplyAdd(value, decay, Vector512.Load(gradient + index));
            var mean = Vector512.FusedMultiplyAdd(Vector512.Load(first + index), keep1, slope * take1);
            var square = Vector512.FusedMultiplyAdd(Vector512.Load(second + index), keep2, slope * slope * take2);
            mean.Store(first + index);
            square.Store(second + index);
            var denominator = Vector512.FusedMultiplyAdd(Vector512.Sqrt(square), correction, epsilon);
            Vector512.FusedMultiplyAdd(stepSize * mean, Inverse(denominator), value).Store(parameters + index);
        }
    }

    // 1 / x to the last bit or two for positive, finite x: a first guess from the exponent, then Newton's y (2 - x y). The processor's own
    // division, beside its square root, would take half of the step's time. What is infinite or no number gives no number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Inverse(Vector512<float> x)
    {
        var y = (Vector512.Create(InverseGuess) - x.AsInt32()).AsSingle();
        y *= Vector512.FusedMultiplyAdd(-x, y, Vector512.Create(2f));
        y *= Vector512.FusedMultiplyAdd(-x, y, Vector512.Create(2f));
        y *= Vector512.FusedMultiplyAdd(-x, y, Vector512.Create(2f));
        return y;
    }
}
