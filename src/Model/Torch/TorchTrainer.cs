using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Trains one trial the way that PyTorch's users write it: <see cref="MacroCausalModel"/>, autograd, Adam of <c>torch.optim</c>. The
/// plainest engine and the slowest. It draws rows and dropout as the others do, so it makes the same of a trial, to rounding.
/// </summary>
public sealed class TorchTrainer : ITrialTrainer
{
    private const int EvaluationRows = 1024;
    private readonly TrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly StackedRows _train;
    private readonly StackedRows _validation;
    private readonly MacroCausalModel _model;
    private readonly HeldAdam _adam;
    private readonly Parameter[] _parameters;
    private readonly Parameter[] _biases;
    private readonly IReadOnlyList<string> _engines;
    private (float[] Parameters, float[] Statistics) _best;
    private long _step;

    /// <summary>Takes a trial into memory, a new one or one that a checkpoint left.</summary>
    /// <param name="train">Rows to train on, 2 or more.</param>
    /// <param name="validation">Rows to evaluate on, with the same features.</param>
    /// <param name="start">The trial.</param>
    /// <param name="device">As <see cref="TrainingDevice.Resolve"/> gives it; a single one.</param>
    /// <param name="time">Times the epochs.</param>
    /// <exception cref="ArgumentException">An option is out of range, the splits do not belong together, or there is no such
    /// device.</exception>
    /// <exception cref="ModelFileException">The checkpoint is of another trial: its options or its number of features differ.</exception>
    public TorchTrainer(TrainingRows train, TrainingRows validation, TrialStart start, string device, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(time);
        start.Validate(train, validation);
        if (TrainingDevice.Devices(device) is not [var only])
        {
            throw new ArgumentException($"The torch engine trains on one device, not on \"{device}\".", nameof(device));
        }

        TorchThread.Enter();
        (_options, _time, History) = (start.Options, time, start.History);
        var layout = new NetworkLayout(train.FeatureCount, _options.HiddenLayers, _options.Style);
        var state = start.State(layout);
        _model = MacroCausalModel.Load(layout, state.Parameters, state.Statistics, _options.Dropout, _options.InputDropout).to(only);
        _parameters = [.. _model.parameters()];
        _biases = [.. layout.HiddenLayers.Select((_, layer) => _model.get_parameter(layout.Hidden(layer).Bias.Name)!)];
        _adam = new HeldAdam(_parameters, _options.LearningRate, _options.WeightDecay, _options.Optimizer == TrainingOptimizer.AdamW);
        (_train, _validation) = (new StackedRows(train, only), new StackedRows(validation, only));
        _engines = start.EnginesWith(TrainingEngine.Torch);
        _best = (state.BestParameters, state.BestStatistics);
        Restore(state);
    }

    /// <inheritdoc />
    public TrainingHistory History { get; private set; }

    /// <inheritdoc />
    public EpochResult RunEpoch()
    {
        if (History.IsOver(_options.Patience)) throw new InvalidOperationException("The trial ended early; nothing is left to train.");

        TorchThread.Enter();
        var started = _time.GetTimestamp();
        var train = TrainEpoch(History.Epochs.Count + 1);
        History = History.With(new EpochLoss(train, Evaluate()));
        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        if (History.IsBest)
        {
            _best = (_model.Parameters, _model.Statistics);
        }

        return EpochResult.Last(History, _options.Patience, seconds, _train.Count);
    }

    /// <inheritdoc />
    public Checkpoint Capture()
    {
        var state = new TrialState
        {
            Step = _step,
            Parameters = _model.Parameters,
            Statistics = _model.Statistics,
            FirstMoment = [.. _parameters.SelectMany(parameter => Flat.Read(_adam.StateOf(parameter).exp_avg))],
            SecondMoment = [.. _parameters.SelectMany(parameter => Flat.Read(_adam.StateOf(parameter).exp_avg_sq))],
            BestParameters = _best.Parameters,
            BestStatistics = _best.Statistics,
        };
        return new Checkpoint(_model.Layout, _options, History, state, _engines);
    }

    /// <summary>Gives the native memory back.</summary>
    public void Dispose()
    {
        _adam.Dispose();
        _model.Dispose();
        _train.Dispose();
        _validation.Dispose();
    }

    private void Restore(TrialState state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _step = state.Step;
        foreach (var (slot, parameter) in _model.Layout.Parameters.Zip(_parameters))
        {
            var own = _adam.StateOf(parameter);
            own.step = state.Step;
            own.exp_avg.copy_(Upload.Of(slot.Of(state.FirstMoment).ToArray(), parameter.device, parameter.shape));
            own.exp_avg_sq.copy_(Upload.Of(slot.Of(state.SecondMoment).ToArray(), parameter.device, parameter.shape));
        }
    }

    private double TrainEpoch(int epoch)
    {
        using var scope = NewDisposeScope();
        _model.train();
        _model.DropoutFactors = StackedDropout.OfHidden([_options], [epoch], _train.X.device).InOrder();
        if (_options.InputDropout > 0)
        {
            _model.InputDropoutFactors = StackedDropout.OfInputs([_options], [epoch], _train.X.device).InOrder();
        }

        var order = Upload.Of(Batches.Order(_options.Seed, epoch, _train.Count), _train.X.device, _train.Count);
        var sum = zeros(1, ScalarType.Float64, _train.X.device);
        foreach (var (start, count) in Batches.Cut(_train.Count, _options.BatchSize))
        {
            using var step = NewDisposeScope();
            _adam.LearningRate = _options.LearningRateAt(epoch - 1 + ((double)start / _train.Count));
            sum.add_(Step(order.narrow(0, start, count)), Held.One);
        }

        return sum.item<double>() / _train.Count;
    }

    // Returns the sum of the loss before the step. [1]
    private Tensor Step(Tensor rows)
    {
        _adam.zero_grad();
        var error = _model.forward(_train.X.index_select(0, rows)).sub(_train.Y.index_select(0, rows)); // [B]
        Loss.Mean(_options.Loss, error).backward();
        SilenceBiases();
        if (_options.GradientClip > 0)
        {
            nn.utils.clip_grad_norm_(_parameters, _options.GradientClip);
        }

        _adam.step();
        _step++;
        return Loss.Sum(error.detach().unsqueeze(0));
    }

    // A bias in front of batch normalisation has no influence: the batch's mean takes it away again. What autograd gives it is rounding
    // noise, which Adam would make as large as any other step.
    private void SilenceBiases()
    {
        foreach (var bias in _biases)
        {
            bias.grad!.zero_();
        }
    }

    private double Evaluate()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _model.eval();
        var sum = zeros(1, ScalarType.Float64, _validation.X.device);
        for (var start = 0; start < _validation.Count; start += EvaluationRows)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(EvaluationRows, _validation.Count - start);
            var error = _model.forward(_validation.X.narrow(0, start, count)).sub(_validation.Y.narrow(0, start, count));
            sum.add_(Loss.Sum(error.unsqueeze(0)), Held.One);
        }

        return sum.item<double>() / _validation.Count;
    }
}
