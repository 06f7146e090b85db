using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>Learns from mini-batches: forward, backward, Adam. The gradient comes from autograd, flat.</summary>
internal sealed class TrainingStep(MacroCausalModel model, Adam adam, TrainingOptions options, int longestBatch) : IDisposable
{
    private readonly DropoutMasks? _masks = options.Dropout > 0
        ? new DropoutMasks(model.Layout.HiddenLayers, longestBatch, options.Dropout, model.Parameters.device)
        : null;

    /// <summary>One epoch over shuffled rows; returns the mean squared error over the rows as they were seen.</summary>
    public double Learn(DeviceRows rows, int epoch)
    {
        using var scope = NewDisposeScope();
        var order = Order(rows.Count, epoch);
        var random = new RandomStream(options.Seed, Purpose.Dropout, epoch);
        var squares = 0.0;
        foreach (var (start, count) in Batches.Cut(rows.Count, options.BatchSize))
        {
            using var step = NewDisposeScope();
            var (x, y) = rows.Take(order.narrow(0, start, count));
            squares += count * Step(x, y, _masks?.Draw(ref random, count));
        }

        return squares / rows.Count;
    }

    /// <summary>One step; returns the mean squared error before it.</summary>
    public double Step(Tensor x, Tensor y, Tensor[]? masks)
    {
        var loss = nn.functional.mse_loss(model.Forward(x, training: true, masks), y);
        var gradient = autograd.grad([loss], [model.Parameters])[0];
        using var frozen = no_grad();
        adam.Update(model.Parameters, gradient, options.LearningRate, options.WeightDecay);
        return loss.item<float>();
    }

    public void Dispose() => _masks?.Dispose();

    private Tensor Order(int rows, int epoch)
    {
        var order = new long[rows];
        new RandomStream(options.Seed, Purpose.Shuffle, epoch).Permute(order);
        return tensor(order, device: model.Parameters.device);
    }
}
