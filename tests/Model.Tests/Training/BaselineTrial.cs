using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// One trial the way PyTorch's users write it: layer by layer, gradients by autograd, Adam by torch.optim. Slow, and easy to believe.
/// </summary>
internal sealed class BaselineTrial : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly NetworkLayout _layout;
    private readonly List<TorchSharp.Modules.Parameter> _parameters;
    private readonly List<Tensor> _statistics;
    private readonly optim.Optimizer _adam;
    private int _epoch;

    public BaselineTrial(int features, TrainingOptions options)
    {
        (_options, _layout) = (options, new NetworkLayout(features, options.HiddenLayers));
        var state = TrialState.Initial(_layout, options.Seed);
        _parameters = [.. _layout.Parameters.Select(slot => new TorchSharp.Modules.Parameter(Tensor(state.Parameters, slot)))];
        _statistics = [.. _layout.Statistics.Select(slot => Tensor(state.Statistics, slot))];
        _adam = optim.Adam(_parameters, options.LearningRate, weight_decay: options.WeightDecay);
    }

    /// <summary>Parameters in the order of the layout.</summary>
    public float[] Parameters => [.. _parameters.SelectMany(Flat.Read)];

    /// <summary>Statistics in the order of the layout.</summary>
    public float[] Statistics => [.. _statistics.SelectMany(Flat.Read)];

    public EpochLoss RunEpoch(TrainingRows train, TrainingRows validation)
    {
        using var scope = NewDisposeScope();
        _epoch++;
        var order = Batches.Order(_options.Seed, _epoch, train.Count);
        var random = new TrialRandom(_options.Seed, Purpose.Dropout, _epoch);
        var squares = 0.0;
        foreach (var (start, count) in Batches.Cut(train.Count, _options.BatchSize))
        {
            squares += count * Step(Take(train, order.AsSpan(start, count)), ref random);
        }

        var (x, y) = Take(validation, Enumerable.Range(0, validation.Count).ToArray());
        return new EpochLoss(squares / train.Count, functional.mse_loss(Forward(x, null), y).item<float>());
    }

    public void Dispose()
    {
        _adam.Dispose();
        foreach (var tensor in _statistics.Concat(_parameters))
        {
            tensor.Dispose();
        }
    }

    private double Step((Tensor X, Tensor Y) batch, ref TrialRandom random)
    {
        var masks = new List<Tensor>();
        foreach (var width in _layout.HiddenLayers)
        {
            masks.Add(ReferenceMask.Draw(ref random, (int)batch.X.shape[0], width, _options.Dropout));
        }

        _adam.zero_grad();
        var loss = functional.mse_loss(Forward(batch.X, masks), batch.Y);
        loss.backward();
        _adam.step();
        return loss.item<float>();
    }

    private Tensor Forward(Tensor hidden, List<Tensor>? masks)
    {
        for (var layer = 0; layer < _layout.HiddenLayers.Count; layer++)
        {
            hidden = functional.linear(hidden, _parameters[4 * layer], _parameters[4 * layer + 1]);
            hidden = functional.batch_norm(
                hidden, _statistics[2 * layer], _statistics[2 * layer + 1], _parameters[4 * layer + 2], _parameters[4 * layer + 3],
                training: masks is not null, momentum: 0.1, eps: 1e-5).relu();
            hidden = masks is null ? hidden : hidden.mul(masks[layer]);
        }

        return functional.linear(hidden, _parameters[^2], _parameters[^1]).squeeze(1);
    }

    private static (Tensor X, Tensor Y) Take(TrainingRows rows, ReadOnlySpan<int> order)
    {
        var (x, y) = (new List<float>(), new List<float>());
        foreach (var row in order)
        {
            x.AddRange(rows.Features.AsSpan(row * rows.FeatureCount, rows.FeatureCount));
            y.Add(rows.Target[row]);
        }

        return (tensor(x.ToArray()).view(-1, rows.FeatureCount), tensor(y.ToArray()));
    }

    private static Tensor Tensor(float[] values, ParameterSlot slot) =>
        tensor(values.AsSpan(slot.Offset, slot.Length).ToArray()).view([.. slot.Shape]).DetachFromDisposeScope();
}
