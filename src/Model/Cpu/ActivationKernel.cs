using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Activation and dropout of one layer, where they are not one with batch normalisation as ReLU is in <see cref="Normalisation"/>. The
/// forward pass leaves the slopes for the backward pass, dropout's factors included, so that an exponential is taken once. Zero stays zero,
/// as the padding needs it.
/// </summary>
internal static unsafe class ActivationKernel
{
    /// <summary>Activation and dropout.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="values">[length]: sums; replaced by the layer's output.</param>
    /// <param name="slopes">[length]: derivatives of the output; overwritten.</param>
    /// <param name="length">Rows times padded width.</param>
    /// <param name="dropout">Draws what is silenced.</param>
    public static void Apply(Activation activation, float* values, float* slopes, nint length, ref DropoutStream dropout)
    {
        switch (activation)
        {
            case Activation.Relu: Apply<Relu>(values, slopes, length, ref dropout); break;
            case Activation.Gelu: Apply<Gelu>(values, slopes, length, ref dropout); break;
            case Activation.Silu: Apply<Silu>(values, slopes, length, ref dropout); break;
            case Activation.Tanh: Apply<Tanh>(values, slopes, length, ref dropout); break;
            case Activation.Selu: Apply<Selu>(values, slopes, length, ref dropout); break;
            default: throw Unknown(activation);
        }
    }

    /// <summary>The activation alone, in place.</summary>
    public static void Evaluate(Activation activation, float* values, nint length)
    {
        switch (activation)
        {
            case Activation.Relu: Evaluate<Relu>(values, length); break;
            case Activation.Gelu: Evaluate<Gelu>(values, length); break;
            case Activation.Silu: Evaluate<Silu>(values, length); break;
            case Activation.Tanh: Evaluate<Tanh>(values, length); break;
            case Activation.Selu: Evaluate<Selu>(values, length); break;
            default: throw Unknown(activation);
        }
    }

    /// <summary>Backward: the gradient times the slopes of <see cref="Apply"/>, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* gradient, float* slopes, nint length)
    {
        for (nint place = 0; place < length; place += Vector512<float>.Count)
        {
            (Vector512.Load(gradient + place) * Vector512.Load(slopes + place)).Store(gradient + place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<T>(float* values, float* slopes, nint length, ref DropoutStream dropout)
        where T : struct, IActivation
    {
        for (nint place = 0; place < length; place += Vector512<float>.Count)
        {
            var (value, slope) = T.Of(Vector512.Load(values + place));
            var factor = dropout.Next();
            (value * factor).Store(values + place);
            (slope * factor).Store(slopes + place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Evaluate<T>(float* values, nint length)
        where T : struct, IActivation
    {
        for (nint place = 0; place < length; place += Vector512<float>.Count)
        {
            T.Of(Vector512.Load(values + place)).Value.Store(values + place);
        }
    }

    private static ArgumentOutOfRangeException Unknown(Activation activation) =>
        new(nameof(activation), activation, "There is no such activation.");
}

/// <summary>An activation and its derivative.</summary>
internal interface IActivation
{
    static abstract (Vector512<float> Value, Vector512<float> Slope) Of(Vector512<float> x);
}

internal readonly struct Relu : IActivation
{
    // What is not below zero is kept, so that NaN gets through and is seen in the loss.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Slope) Of(Vector512<float> x) =>
        (Vector512.AndNot(x, Vector512.LessThan(x, Vector512<float>.Zero)),
        Vector512.GreaterThan(x, Vector512<float>.Zero) & Vector512<float>.One);
}

internal readonly struct Gelu : IActivation
{
    private const float InverseRoot2 = 0.707106781f;
    private const float Density0 = 0.398942280f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Slope) Of(Vector512<float> x)
    {
        var half = Vector512.Create(0.5f);
        var distribution = Vector512.FusedMultiplyAdd(ElementaryFunctions.Erf(x * Vector512.Create(InverseRoot2)), half, half);
        var density = ElementaryFunctions.Exp(x * x * Vector512.Create(-0.5f)) * Vector512.Create(Density0);
        return (x * distribution, Vector512.FusedMultiplyAdd(x, density, distribution));
    }
}

internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Slope) Of(Vector512<float> x)
    {
        var share = ElementaryFunctions.Sigmoid(x);
        var value = x * share;
        return (value, Vector512.FusedMultiplyAdd(value, Vector512<float>.One - share, share));
    }
}

internal readonly struct Tanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Slope) Of(Vector512<float> x)
    {
        var value = ElementaryFunctions.Tanh(x);
        return (value, Vector512.FusedMultiplyAdd(-value, value, Vector512<float>.One));
    }
}

internal readonly struct Selu : IActivation
{
    /// <summary>Slope above 0.</summary>
    public const float Scale = 1.05070098735548f;

    /// <summary>Slope just below 0, and the depth of what lies below.</summary>
    public const float Depth = 1.75809934084738f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Slope) Of(Vector512<float> x)
    {
        var (exp, lessOne) = ElementaryFunctions.ExpBoth(x);
        var (scale, depth) = (Vector512.Create(Scale), Vector512.Create(Depth));
        var above = Vector512.GreaterThan(x, Vector512<float>.Zero);
        return (Vector512.ConditionalSelect(above, x * scale, lessOne * depth), Vector512.ConditionalSelect(above, scale, exp * depth));
    }
}
