using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Trains a group with torch, all its trials in every operation: what a GPU wants, on which an operation costs the same for one small
/// network as for many. Several devices share each step's rows.
/// </summary>
internal sealed class StackedTrainer : IGroupTrainer
{
    private readonly NetworkLayout _layout;
    private readonly List<TrainingOptions> _options;
    private readonly Dictionary<int, TrialState> _done = [];
    private readonly StackedRows[] _train;
    private readonly StackedRows[] _validation;
    private TrialStack[] _stacks;
    private List<int> _trials;
    private StackedAdam _adam;

    public StackedTrainer(
        NetworkLayout layout, List<TrainingOptions> options, List<TrialState> states,
        TrainingRows train, TrainingRows validation, IReadOnlyList<Device> devices)
    {
        TorchThread.Enter();
        (_layout, _options, _trials) = (layout, options, [.. Enumerable.Range(0, options.Count)]);
        _stacks = [.. devices.Select(device => TrialStack.Of(layout, states, device))];
        _train = [.. devices.Select(device => new StackedRows(train, device))];
        _validation = [.. devices.Select(device => new StackedRows(validation, device))];
        _adam = new StackedAdam(options, [.. states.Select(state => state.Step)]);
    }

    public EpochLoss[] RunEpoch(IReadOnlyList<(int Trial, int Epoch)> trials)
    {
        TorchThread.Enter();
        KeepOnly([.. trials.Select(next => next.Trial)]);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var train = TrainEpoch([.. trials.Select(next => next.Epoch)]);
        var validation = Evaluate();
        return [.. train.Zip(
            validation, (ofTrain, ofValidation) => new EpochLoss(ofTrain / _train[0].Count, ofValidation / _validation[0].Count))];
    }

    public void KeepBest(int trial)
    {
        using var frozen = no_grad();
        foreach (var stack in _stacks)
        {
            stack.KeepBest(_trials.IndexOf(trial));
        }
    }

    public TrialState Capture(int trial) => _done.TryGetValue(trial, out var state) ? state : Read(trial);

    // The stack shrinks when the next epoch begins.
    public void Leave(int trial) => _done.Remove(trial);

    public void Dispose()
    {
        foreach (IDisposable part in _stacks.Concat<IDisposable>(_train).Concat(_validation))
        {
            part.Dispose();
        }
    }

    private TrialState Read(int trial) => _stacks[0].Capture(_trials.IndexOf(trial), _adam.Steps[_trials.IndexOf(trial)]);

    private void KeepOnly(List<int> trials)
    {
        if (trials.SequenceEqual(_trials)) return;
        foreach (var trial in _trials.Except(trials))
        {
            _done[trial] = Read(trial);
        }

        var rows = trials.Select(trial => _trials.IndexOf(trial)).ToList();
        _adam = new StackedAdam([.. trials.Select(trial => _options[trial])], [.. rows.Select(row => _adam.Steps[row])]);
        _stacks = [.. _stacks.Select(stack => stack.Keep([.. rows.Select(row => (long)row)]))];
        _trials = trials;
    }

    private double[] TrainEpoch(List<int> epochs)
    {
        var options = _trials.Select(trial => _options[trial]).ToList();
        var hidden = _stacks.Select(stack => StackedDropout.OfHidden(options, epochs, stack.Parameters.device)).ToList();
        var inputs = _stacks.Where(_ => options.Any(own => own.InputDropout > 0))
            .Select(stack => StackedDropout.OfInputs(options, epochs, stack.Parameters.device)).ToList();
        var minimised = _stacks.Select(stack => new StackedLoss(options, stack.Parameters.device)).ToList();
        var orders = Orders(options, epochs);
        var steps = Batches.Cut(_train[0].Count, options[0].BatchSize).ToList();
        _adam.BeginEpoch(_stacks, epochs, [.. steps.Select(own => (double)own.Start / _train[0].Count)]);
        var step = new StackedStep(_layout, _stacks, _adam);
        var losses = zeros(_trials.Count, ScalarType.Float64, _stacks[0].Parameters.device);
        var drawn = 0L;
        foreach (var (start, count) in steps)
        {
            using var scope = NewDisposeScope();
            var shares = Replicas.Share(count, _stacks.Length);
            var passes = shares.Select((share, device) =>
            {
                var (x, y) = _train[device].Take(orders[device].narrow(1, start + share.Start, share.Count));
                inputs.ElementAtOrDefault(device)?.Apply(StackedDropout.Numbers(start + share.Start, _layout.Features), x);
                return new StackedPass(_stacks[device], minimised[device], hidden[device], x, y);
            }).ToList();
            losses.add_(step.Step(passes, [.. shares.Select(share => share.Start)], count, ref drawn), Held.One);
        }

        return Read(losses);
    }

    // [K, N] on every device
    private List<Tensor> Orders(List<TrainingOptions> options, List<int> epochs)
    {
        var rows = options.Zip(epochs).SelectMany(next => Batches.Order(next.First.Seed, next.Second, _train[0].Count)).ToArray();
        return [.. _stacks.Select(stack => Upload.Of(rows, stack.Parameters.device, options.Count, -1))];
    }

    private double[] Evaluate()
    {
        var shares = Replicas.Share(_validation[0].Count, _stacks.Length);
        return Read(Replicas.Sum([.. shares.Select(
            (share, device) => StackedEvaluator.SumLoss(_stacks[device], _validation[device], share.Start, share.Count))])[0]);
    }

    private static double[] Read(Tensor values) => values.cpu().data<double>().ToArray();
}

/// <summary>A split on a device, once for all trials.</summary>
internal sealed class StackedRows : IDisposable
{
    public StackedRows(TrainingRows rows, Device device)
    {
        using var scope = NewDisposeScope();
        Count = rows.Count;
        X = Upload.Of(rows.Features, device, rows.Count, rows.FeatureCount).DetachFromDisposeScope();
        Y = Upload.Of(rows.Target, device, rows.Count).DetachFromDisposeScope();
    }

    public int Count { get; }

    /// <summary>[N, F]</summary>
    public Tensor X { get; }

    /// <summary>[N]</summary>
    public Tensor Y { get; }

    /// <summary>The rows of a step, another order for each trial.</summary>
    /// <param name="order">[K, B]</param>
    /// <returns>[K, B, F] and [K, B]</returns>
    public (Tensor X, Tensor Y) Take(Tensor order)
    {
        var flat = order.reshape(-1);
        return (X.index_select(0, flat).view(order.shape[0], order.shape[1], X.shape[1]), Y.index_select(0, flat).view(order.shape));
    }

    public void Dispose()
    {
        X.Dispose();
        Y.Dispose();
    }
}
