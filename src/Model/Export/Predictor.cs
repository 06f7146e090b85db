using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Export;

/// <summary>
/// Predicts with trained networks: no dropout, batch normalisation by its running statistics. One thread at a time may use it.
/// </summary>
public sealed class Predictor : IDisposable
{
    private const int ChunkRows = 1024;
    private readonly (MacroCausalModel Network, double Share)[] _members;
    private readonly int _features;

    /// <summary>Takes one network into native memory, on the processor.</summary>
    public Predictor(TrainedModel model)
        : this(ModelEnsemble.Of(model))
    {
    }

    /// <summary>Takes networks into native memory, on the processor; their weighted mean is the prediction.</summary>
    public Predictor(ModelEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        _features = ensemble.Features;
        _members = [.. ensemble.Members.Select(member => (Network(member.Model), ensemble.ShareOf(member)))];
    }

    /// <summary>Predicts the scaled target.</summary>
    /// <param name="features">Scaled features, row-major, [N, F].</param>
    /// <returns>One number a row, [N].</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the number of features.</exception>
    public float[] Predict(ReadOnlySpan<float> features)
    {
        if (features.Length % _features != 0)
        {
            throw new ArgumentException($"{features.Length} values are no rows of {_features} features.", nameof(features));
        }

        TorchThread.Enter();
        var means = new double[features.Length / _features];
        for (var start = 0; start < means.Length; start += ChunkRows)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var count = Math.Min(ChunkRows, means.Length - start);
            var x = Flat.Aligned(features.Slice(start * _features, count * _features).ToArray(), CPU).view(count, _features); // [B, F]
            foreach (var (network, share) in _members)
            {
                var predictions = Flat.Read(network.forward(x));
                for (var i = 0; i < count; i++)
                {
                    means[start + i] += share * predictions[i];
                }
            }
        }

        return Array.ConvertAll(means, mean => (float)mean);
    }

    /// <summary>Gives the native memory back.</summary>
    public void Dispose() => Array.ForEach(_members, member => member.Network.Dispose());

    private static MacroCausalModel Network(TrainedModel model)
    {
        var network = MacroCausalModel.Load(model.Layout, model.Parameters, model.Statistics);
        network.eval();
        return network;
    }
}
