using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Export;

/// <summary>
/// Predicts with a trained model: no dropout, batch normalisation by its running statistics. One thread at a time may use it.
/// </summary>
public sealed class Predictor : IDisposable
{
    private const int ChunkRows = 1024;
    private readonly MacroCausalModel _model;

    /// <summary>Takes a model into native memory, on the processor.</summary>
    public Predictor(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = MacroCausalModel.Load(model.Layout, model.Parameters, model.Statistics, CPU);
    }

    /// <summary>Predicts the scaled target.</summary>
    /// <param name="features">Scaled features, row-major, [N, F].</param>
    /// <returns>One number a row, [N].</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the number of features.</exception>
    public float[] Predict(ReadOnlySpan<float> features)
    {
        var width = _model.Layout.Features;
        if (features.Length % width != 0)
        {
            throw new ArgumentException($"{features.Length} values are no rows of {width} features.", nameof(features));
        }

        TorchThread.Enter();
        var predictions = new float[features.Length / width];
        for (var start = 0; start < predictions.Length; start += ChunkRows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(ChunkRows, predictions.Length - start);
            var x = Flat.Aligned(features.Slice(start * width, count * width).ToArray(), CPU).view(count, width); // [B, F]
            Flat.Read(_model.Forward(x)).CopyTo(predictions, start);
        }

        return predictions;
    }

    /// <summary>Gives the native memory back.</summary>
    public void Dispose() => _model.Dispose();
}
