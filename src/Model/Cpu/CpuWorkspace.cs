namespace MacroCausal.Model.Cpu;

/// <summary>What a step needs between its parts, used again by every step of every trial of one shape. One thread at a time.</summary>
internal sealed unsafe class CpuWorkspace : IDisposable
{
    /// <summary>Rows evaluated at once: enough for the products, few enough for the cache.</summary>
    public const int EvaluationRows = 128;

    private readonly NativeFloats _memory;
    private readonly float*[] _normal;
    private readonly float*[] _output;
    private readonly float*[] _slope;
    private long _taken;

    /// <param name="layout">Shape of the network.</param>
    /// <param name="rows">Maximum number of rows of a step.</param>
    /// <exception cref="OutOfMemoryException">There is no such memory.</exception>
    public CpuWorkspace(PaddedLayout layout, int rows)
    {
        var widths = layout.Layers.Select(layer => layer.Stride).ToList();
        long max = Math.Max(rows, EvaluationRows);
        var input = PaddedLayout.Pad(layout.Layers[0].Inputs);
        var transposed = layout.Layers.Skip(1).Select(layer => (long)layer.Stride * PaddedLayout.Pad(layer.Inputs)).DefaultIfEmpty(0).Max();
        var buffers = layout.KeepsSlopes ? 3L : 2L;
        _memory = new NativeFloats(
            max * (input + buffers * widths.Sum() + 2L * widths.Max() + MatrixProduct.Block) + transposed + layout.StatisticCount);
        Input = Take(max * input);
        Gradient = Take(max * widths.Max());
        GradientBelow = Take(max * widths.Max());
        Error = Take(max * MatrixProduct.Block);
        TransposedWeight = Take(transposed);
        Batch = Take(layout.StatisticCount);
        (_normal, _output) = (new float*[widths.Count], new float*[widths.Count]);
        _slope = new float*[widths.Count];
        for (var layer = 0; layer < widths.Count; layer++)
        {
            _normal[layer] = Take(max * widths[layer]);
            _output[layer] = Take(max * widths[layer]);
            _slope[layer] = layout.KeepsSlopes ? Take(max * widths[layer]) : null;
        }
    }

    /// <summary>[rows, features]: the rows of the step.</summary>
    public float* Input { get; }

    /// <summary>[rows, widest layer]</summary>
    public float* Gradient { get; private set; }

    /// <summary>[rows, widest layer]</summary>
    public float* GradientBelow { get; private set; }

    /// <summary>[rows]: targets, then predictions less targets.</summary>
    public float* Error { get; }

    /// <summary>A layer's weights, unit by unit. [Stride, Inputs and padding]</summary>
    public float* TransposedWeight { get; }

    /// <summary>Means and inverse deviations of a batch, placed as the statistics are.</summary>
    public float* Batch { get; }

    /// <summary>A layer's units, normalised. [rows, Stride]</summary>
    public float* Normal(int layer) => _normal[layer];

    /// <summary>A layer's output. [rows, Stride]</summary>
    public float* Output(int layer) => _output[layer];

    /// <summary>Derivatives of a layer's output; none where <see cref="PaddedLayout.KeepsSlopes"/> is false. [rows, Stride]</summary>
    public float* Slope(int layer) => _slope[layer];

    /// <summary>The gradient of the layer below becomes the current one.</summary>
    public void SwapGradients()
    {
        var gradient = Gradient;
        Gradient = GradientBelow;
        GradientBelow = gradient;
    }

    public void Dispose() => _memory.Dispose();

    private float* Take(long length)
    {
        var start = _memory.Start + _taken;
        _taken += length;
        return start;
    }
}
