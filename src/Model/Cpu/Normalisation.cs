using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Batch normalisation, ReLU and dropout of one layer as one, over rows that lie one behind the other (Ioffe, Szegedy 2015, Algorithm 1 and
/// section 3). Sums run over the rows in their order, every column for itself.
/// </summary>
internal static unsafe class Normalisation
{
    private const float Epsilon = (float)NetworkLayout.BatchNormEpsilon;
    private const float Momentum = (float)NetworkLayout.BatchNormMomentum;

    /// <summary>
    /// Measures the columns of a batch, and updates the running statistics with them as PyTorch does: the variance without bias, the mean
    /// with the layer's.
    /// </summary>
    /// <param name="z">[rows, width]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="layer">What is measured.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Measure(float* z, int rows, in LayerPointers layer)
    {
        var width = layer.Stride;
        new Span<float>(layer.BatchMean, width).Clear();
        new Span<float>(layer.BatchInverse, width).Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < width; column += Vector512<float>.Count)
            {
                (Vector512.Load(layer.BatchMean + column) + Vector512.Load(z + (nint)row * width + column)).Store(layer.BatchMean + column);
            }
        }

        for (var column = 0; column < width; column += Vector512<float>.Count)
        {
            (Vector512.Load(layer.BatchMean + column) / rows).Store(layer.BatchMean + column);
        }

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < width; column += Vector512<float>.Count)
            {
                var distance = Vector512.Load(z + (nint)row * width + column) - Vector512.Load(layer.BatchMean + column);
                Vector512.FusedMultiplyAdd(distance, distance, Vector512.Load(layer.BatchInverse + column))
                    .Store(layer.BatchInverse + column);
            }
        }

        UpdateRunningStatistics(rows, layer);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateRunningStatistics(int rows, in LayerPointers layer)
    {
        var (keep, take, unbiased) = (Vector512.Create(1 - Momentum), Vector512.Create(Momentum), Vector512.Create(Momentum / (rows - 1)));
        for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
        {
            var squares = Vector512.Load(layer.BatchInverse + column);
            var mean = Vector512.Load(layer.BatchMean + column) + Vector512.Load(layer.Bias + column);
            (Vector512.Load(layer.RunningMean + column) * keep + mean * take).Store(layer.RunningMean + column);
            (Vector512.Load(layer.RunningVariance + column) * keep + squares * unbiased).Store(layer.RunningVariance + column);
            (Vector512<float>.One / Vector512.Sqrt(squares / rows + Vector512.Create(Epsilon))).Store(layer.BatchInverse + column);
        }
    }

    /// <summary>Normalises by the batch, then ReLU and dropout.</summary>
    /// <param name="z">[rows, width]; normalised in place.</param>
    /// <param name="output">[rows, width]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="dropout">Draws what is silenced.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Activate(float* z, float* output, int rows, in LayerPointers layer, ref DropoutStream dropout)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
            {
                var place = (nint)row * layer.Stride + column;
                var distance = Vector512.Load(z + place) - Vector512.Load(layer.BatchMean + column);
                var normal = distance * Vector512.Load(layer.BatchInverse + column);
                var value = Vector512.FusedMultiplyAdd(normal, Vector512.Load(layer.Gamma + column), Vector512.Load(layer.Beta + column));
                normal.Store(z + place);
                (Rectify(value) * dropout.Next()).Store(output + place);
            }
        }
    }

    /// <summary>Normalises by the batch, for an activation of its own.</summary>
    /// <param name="z">[rows, width]; normalised in place.</param>
    /// <param name="sums">[rows, width]: what the activation takes; overwritten.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="layer">The layer.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalise(float* z, float* sums, int rows, in LayerPointers layer)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
            {
                var place = (nint)row * layer.Stride + column;
                var distance = Vector512.Load(z + place) - Vector512.Load(layer.BatchMean + column);
                var normal = distance * Vector512.Load(layer.BatchInverse + column);
                normal.Store(z + place);
                Vector512.FusedMultiplyAdd(normal, Vector512.Load(layer.Gamma + column), Vector512.Load(layer.Beta + column))
                    .Store(sums + place);
            }
        }
    }

    // What is not below zero is kept, so that NaN gets through and is seen in the loss.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Rectify(Vector512<float> value) =>
        Vector512.AndNot(value, Vector512.LessThan(value, Vector512<float>.Zero));

    /// <summary>Normalises by the running statistics, then ReLU, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Evaluate(float* z, int rows, in LayerPointers layer)
    {
        Fold(layer);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
            {
                var place = z + (nint)row * layer.Stride + column;
                var value = Vector512.FusedMultiplyAdd(
                    Vector512.Load(place), Vector512.Load(layer.BatchInverse + column), Vector512.Load(layer.BatchMean + column));
                Rectify(value).Store(place);
            }
        }
    }

    /// <summary>Normalises by the running statistics, in place, for an activation of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* z, int rows, in LayerPointers layer)
    {
        Fold(layer);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
            {
                var place = z + (nint)row * layer.Stride + column;
                Vector512.FusedMultiplyAdd(
                    Vector512.Load(place), Vector512.Load(layer.BatchInverse + column), Vector512.Load(layer.BatchMean + column))
                    .Store(place);
            }
        }
    }

    // Bias, running statistics, gamma and beta as one factor and one term a column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fold(in LayerPointers layer)
    {
        for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
        {
            var factor = Vector512.Load(layer.Gamma + column) / Vector512.Sqrt(
                Vector512.Load(layer.RunningVariance + column) + Vector512.Create(Epsilon));
            factor.Store(layer.BatchInverse + column);
            var bias = Vector512.Load(layer.Bias + column) - Vector512.Load(layer.RunningMean + column);
            Vector512.FusedMultiplyAdd(bias, factor, Vector512.Load(layer.Beta + column)).Store(layer.BatchMean + column);
        }
    }

    /// <summary>Backward through dropout, ReLU and normalisation.</summary>
    /// <param name="gradient">[rows, width]: of the layer's output; becomes that of <c>z</c> before it was normalised.</param>
    /// <param name="normal">[rows, width]: what <see cref="Activate"/> left in <c>z</c>.</param>
    /// <param name="output">[rows, width]: what it wrote; a unit was let through where it is above zero.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="layer">The layer; takes the gradients of gamma and beta. The bias has none: the batch's mean takes it away
    /// again.</param>
    /// <param name="keep">The factor of what dropout let through.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* gradient, float* normal, float* output, int rows, in LayerPointers layer, float keep)
    {
        var width = layer.Stride;
        new Span<float>(layer.GammaGradient, width).Clear();
        new Span<float>(layer.BetaGradient, width).Clear();
        var factor = Vector512.Create(keep);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < width; column += Vector512<float>.Count)
            {
                var place = (nint)row * width + column;
                var passed = Vector512.GreaterThan(Vector512.Load(output + place), Vector512<float>.Zero);
                var own = Vector512.Load(gradient + place) * factor & passed;
                own.Store(gradient + place);
                (Vector512.Load(layer.BetaGradient + column) + own).Store(layer.BetaGradient + column);
                Vector512.FusedMultiplyAdd(own, Vector512.Load(normal + place), Vector512.Load(layer.GammaGradient + column))
                    .Store(layer.GammaGradient + column);
            }
        }

        InputGradient(gradient, normal, rows, layer);
    }

    /// <summary>Backward through normalisation alone.</summary>
    /// <param name="gradient">[rows, width]: of what was normalised, scaled and shifted; becomes that of <c>z</c> before it.</param>
    /// <param name="normal">[rows, width]: what <see cref="Normalise"/> left in <c>z</c>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="layer">The layer; takes the gradients of gamma and beta.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* gradient, float* normal, int rows, in LayerPointers layer)
    {
        new Span<float>(layer.GammaGradient, layer.Stride).Clear();
        new Span<float>(layer.BetaGradient, layer.Stride).Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
            {
                var place = (nint)row * layer.Stride + column;
                var own = Vector512.Load(gradient + place);
                (Vector512.Load(layer.BetaGradient + column) + own).Store(layer.BetaGradient + column);
                Vector512.FusedMultiplyAdd(own, Vector512.Load(normal + place), Vector512.Load(layer.GammaGradient + column))
                    .Store(layer.GammaGradient + column);
            }
        }

        InputGradient(gradient, normal, rows, layer);
    }

    // dz = gamma / sigma * (dy - mean(dy) - x mean(dy x)), the terms of the batch's own mean and variance.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InputGradient(float* gradient, float* normal, int rows, in LayerPointers layer)
    {
        var share = Vector512.Create(1f / rows);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < layer.Stride; column += Vector512<float>.Count)
            {
                var place = (nint)row * layer.Stride + column;
                var own = Vector512.FusedMultiplyAdd(-Vector512.Load(layer.BetaGradient + column), share, Vector512.Load(gradient + place));
                own = Vector512.FusedMultiplyAdd(
                    -Vector512.Load(normal + place) * share, Vector512.Load(layer.GammaGradient + column), own);
                (own * Vector512.Load(layer.Gamma + column) * Vector512.Load(layer.BatchInverse + column)).Store(gradient + place);
            }
        }
    }
}
