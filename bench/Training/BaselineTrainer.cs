using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Bench.Training;

/// <summary>
/// The baseline, as torch's users write it and without needless waste: nn.Sequential, autograd, torch.optim.Adam, data in memory once,
/// batches by index, losses read once an epoch. Its Adam is <see cref="HeldAdam"/>, the same operations as TorchSharp's own, which crashes
/// now and then.
/// </summary>
internal sealed class BaselineTrainer : IDisposable
{
    private static readonly Scalar One = 1;
    private readonly Tensor[] _data;

    public BaselineTrainer(TrainingTable table, int threads)
    {
        set_num_threads(threads);
        _data = [
            tensor(table.TrainX).view(-1, table.Features), tensor(table.TrainY),
            tensor(table.ValidationX).view(-1, table.Features), tensor(table.ValidationY),
        ];
    }

    public double Train(TrialWork work)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(work.Options.Seed);
        using var network = Network((int)_data[0].shape[1], work.Options);
        using var adam = new HeldAdam(network.parameters(), work.Options.LearningRate, work.Options.WeightDecay);
        var loss = 0.0;
        for (var epoch = 0; epoch < work.Epochs; epoch++)
        {
            TrainEpoch(network, adam, work.Options.BatchSize);
            loss = Evaluate(network);
        }

        return loss;
    }

    public void Dispose()
    {
        foreach (var tensor in _data)
        {
            tensor.Dispose();
        }
    }

    private static TorchSharp.Modules.Sequential Network(int width, TrainingOptions options)
    {
        var modules = new List<nn.Module<Tensor, Tensor>>();
        foreach (var units in options.HiddenLayers)
        {
            modules.AddRange([nn.Linear(width, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(options.Dropout)]);
            width = units;
        }

        return nn.Sequential([.. modules, nn.Linear(width, 1)]);
    }

    private void TrainEpoch(TorchSharp.Modules.Sequential network, TorchSharp.Modules.Adam adam, int batchSize)
    {
        using var scope = NewDisposeScope();
        network.train();
        var order = randperm(_data[0].shape[0], ScalarType.Int64);
        var sum = zeros(1);
        foreach (var batch in order.split(batchSize).Where(batch => batch.shape[0] > 1))
        {
            using var step = NewDisposeScope();
            adam.zero_grad();
            var loss = nn.functional.mse_loss(network.forward(_data[0].index_select(0, batch)).squeeze(1), _data[1].index_select(0, batch));
            loss.backward();
            adam.step();
            sum.add_(loss.detach(), One);
        }

        _ = sum.item<float>();
    }

    private double Evaluate(TorchSharp.Modules.Sequential network)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        network.eval();
        return nn.functional.mse_loss(network.forward(_data[2]).squeeze(1), _data[3]).item<float>();
    }
}
