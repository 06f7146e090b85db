using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// A network's numbers as the processor wants them: weights input by input, so that a product reads them side by side, and every row padded
/// with zeros to whole blocks of <see cref="MatrixProduct.Block"/>. Zeros stay zeros through a step, so the padding needs no care.
/// </summary>
internal sealed class PaddedLayout
{
    private readonly NetworkLayout _network;

    public PaddedLayout(NetworkLayout network)
    {
        _network = network;
        var layers = new List<PaddedLayer>();
        foreach (var width in network.HiddenLayers)
        {
            layers.Add(Place(layers.Count == 0 ? network.Features : layers[^1].Width, width));
        }

        Layers = layers;
        OutputWeight = ParameterCount;
        OutputBias = OutputWeight + layers[^1].Stride;
        ParameterCount = OutputBias + MatrixProduct.Block;
        Skip = ParameterCount;
        ParameterCount += HasSkip ? Pad(network.Features) : 0;
    }

    public IReadOnlyList<PaddedLayer> Layers { get; }

    public Activation Activation => _network.Style.Activation;

    /// <summary>Whether the slopes of a layer's output are kept for the backward pass; ReLU's follow from the output.</summary>
    public bool KeepsSlopes => Activation != Activation.Relu;

    /// <summary>[Stride of the last layer]</summary>
    public int OutputWeight { get; }

    public int OutputBias { get; }

    public bool HasSkip => _network.Style.Skip;

    /// <summary>[Features and padding], where <see cref="HasSkip"/>.</summary>
    public int Skip { get; }

    public int ParameterCount { get; private set; }

    public int StatisticCount { get; private set; }

    public static int Pad(int width) => (width + MatrixProduct.Block - 1) / MatrixProduct.Block * MatrixProduct.Block;

    /// <summary>
    /// Parameters, or what is shaped like them, from the order of <see cref="NetworkLayout.Parameters"/>. The padding is left alone.
    /// </summary>
    public void PackParameters(ReadOnlySpan<float> flat, Span<float> padded)
    {
        foreach (var (slot, place, stride) in ParameterPlaces())
        {
            var (rows, columns) = Shape(slot);
            for (var column = 0; column < columns; column++)
            {
                for (var row = 0; row < rows; row++)
                {
                    padded[place + column * stride + row] = flat[slot.Offset + row * columns + column];
                }
            }
        }
    }

    /// <summary>The reverse of packing.</summary>
    public float[] UnpackParameters(ReadOnlySpan<float> padded)
    {
        var flat = new float[_network.ParameterCount];
        foreach (var (slot, place, stride) in ParameterPlaces())
        {
            var (rows, columns) = Shape(slot);
            for (var column = 0; column < columns; column++)
            {
                for (var row = 0; row < rows; row++)
                {
                    flat[slot.Offset + row * columns + column] = padded[place + column * stride + row];
                }
            }
        }

        return flat;
    }

    /// <summary>Running means and variances from the order of <see cref="NetworkLayout.Statistics"/>. The padding is left alone.</summary>
    public void PackStatistics(ReadOnlySpan<float> flat, Span<float> padded)
    {
        foreach (var (slot, place) in _network.Statistics.Zip(StatisticPlaces()))
        {
            flat.Slice(slot.Offset, slot.Length).CopyTo(padded[place..]);
        }
    }

    /// <summary>The reverse of packing.</summary>
    public float[] UnpackStatistics(ReadOnlySpan<float> padded)
    {
        var flat = new float[_network.StatisticCount];
        foreach (var (slot, place) in _network.Statistics.Zip(StatisticPlaces()))
        {
            padded.Slice(place, slot.Length).CopyTo(flat.AsSpan(slot.Offset));
        }

        return flat;
    }

    private PaddedLayer Place(int inputs, int width)
    {
        var stride = Pad(width);
        var bias = checked(ParameterCount + inputs * stride);
        var layer = new PaddedLayer(
            inputs, width, ParameterCount, bias, bias + stride, bias + 2 * stride, StatisticCount, StatisticCount + stride);
        ParameterCount = checked(bias + 3 * stride);
        StatisticCount += 2 * stride;
        return layer;
    }

    // A matrix [out, in] is transposed to [in, out]; a vector is a matrix of one column; the output's weight [1, in] is already as it
    // should be.
    private IEnumerable<(ParameterSlot Slot, int Place, int Stride)> ParameterPlaces()
    {
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var (place, slots) = (Layers[layer], _network.Hidden(layer));
            yield return (slots.Weight, place.Weight, place.Stride);
            yield return (slots.Bias, place.Bias, 0);
            yield return (slots.Gamma, place.Gamma, 0);
            yield return (slots.Beta, place.Beta, 0);
        }

        yield return (_network.OutputWeight, OutputWeight, 1);
        yield return (_network.OutputBias, OutputBias, 0);
        if (_network.Skip is { } skip) yield return (skip, Skip, 1);
    }

    private IEnumerable<int> StatisticPlaces() => Layers.SelectMany(layer => new[] { layer.Mean, layer.Variance });

    private static (int Rows, int Columns) Shape(ParameterSlot slot) =>
        ((int)slot.Shape[0], slot.Shape.Count == 1 ? 1 : (int)slot.Shape[1]);
}

/// <summary>Where one hidden layer lies in the buffers of a <see cref="PaddedLayout"/>.</summary>
/// <param name="Inputs">Width of what comes in.</param>
/// <param name="Width">Units.</param>
/// <param name="Weight">[Inputs, Stride], a row an input.</param>
/// <param name="Bias">[Stride], as all that follow.</param>
/// <param name="Gamma">Batch normalisation's weight.</param>
/// <param name="Beta">Batch normalisation's bias.</param>
/// <param name="Mean">Running mean, in the buffer of statistics.</param>
/// <param name="Variance">Running variance, in the buffer of statistics.</param>
internal sealed record PaddedLayer(int Inputs, int Width, int Weight, int Bias, int Gamma, int Beta, int Mean, int Variance)
{
    /// <summary>Units and padding.</summary>
    public int Stride { get; } = PaddedLayout.Pad(Width);
}
