using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// Trains one trial, an epoch a call. What it computes is a function of rows, options and epoch, bit for bit on a kind of machine, whatever else trains
/// in the process; 20 epochs are 10 epochs, a checkpoint and 10 epochs more. One thread at a time may use it; each call may come from another one.
/// </summary>
public sealed class TrainingSession : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly MacroCausalModel _model;
    private readonly Adam _adam;
    private readonly TrainingStep _step;
    private readonly DeviceRows _train;
    private readonly DeviceRows _validation;
    private readonly Tensor _bestParameters;
    private readonly Tensor _bestStatistics;

    private TrainingSession(TrainingRows train, TrainingRows validation, TrainingOptions options, TrainingHistory history, MacroCausalModel model, Adam adam, TimeProvider time)
    {
        var device = model.Parameters.device;
        (_options, _time, _model, _adam, History) = (options, time, model, adam, history);
        _step = new TrainingStep(model, adam, options, Batches.Longest(train.Count, options.BatchSize));
        _train = new DeviceRows(train, device);
        _validation = new DeviceRows(validation, device);
        _bestParameters = model.Parameters.detach().clone().DetachFromDisposeScope();
        _bestStatistics = model.Statistics.clone().DetachFromDisposeScope();
    }

    /// <summary>Losses of every epoch so far.</summary>
    public TrainingHistory History { get; private set; }

    /// <summary>Epochs that are done.</summary>
    public int Epoch => History.Epochs.Count;

    /// <summary>Whether the trial is over: patience is spent, or a loss was not finite. There is no next epoch then.</summary>
    public bool EndedEarly => History.IsOver(_options.Patience);

    /// <summary>A new trial, before its first epoch.</summary>
    /// <param name="train">Rows to learn from, 2 or more.</param>
    /// <param name="validation">Rows to judge by, with the same features.</param>
    /// <param name="options">How to train.</param>
    /// <param name="device"><see cref="TrainingDevice.Cpu"/> or <see cref="TrainingDevice.Cuda"/>.</param>
    /// <param name="time">Times the epochs.</param>
    /// <exception cref="ArgumentException">An option is out of range, the splits do not belong together, or there is no such device.</exception>
    public static TrainingSession Start(TrainingRows train, TrainingRows validation, TrainingOptions options, string device, TimeProvider time)
    {
        Check(train, validation, options);
        TorchThread.Enter();
        using var scope = NewDisposeScope();
        var on = On(device);
        var layout = new NetworkLayout(train.FeatureCount, options.HiddenLayers);
        var model = MacroCausalModel.Create(layout, options.Seed, on);
        return new TrainingSession(train, validation, options, new TrainingHistory([]), model, Adam.Start(layout.ParameterCount, on), time);
    }

    /// <summary>A trial as a checkpoint left it.</summary>
    /// <exception cref="ModelFileException">The checkpoint is of another trial: its options or its number of features differ.</exception>
    /// <exception cref="ArgumentException">As <see cref="Start"/>.</exception>
    public static TrainingSession Restore(TrainingRows train, TrainingRows validation, TrainingOptions options, Checkpoint checkpoint, string device, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Check(train, validation, options);
        if (!checkpoint.Options.Equals(options) || checkpoint.Features != train.FeatureCount)
            throw new ModelFileException($"The checkpoint is of another trial: {checkpoint.Features} features and {checkpoint.Options}, not {train.FeatureCount} features and {options}.");

        TorchThread.Enter();
        using var scope = NewDisposeScope();
        var on = On(device);
        var model = MacroCausalModel.Load(checkpoint.Layout, checkpoint.State.Parameters, checkpoint.State.Statistics, on);
        var adam = Adam.Resume(checkpoint.State.FirstMoment, checkpoint.State.SecondMoment, checkpoint.State.Step, on);
        var session = new TrainingSession(train, validation, options, checkpoint.History, model, adam, time);
        session._bestParameters.copy_(tensor(checkpoint.State.BestParameters));
        session._bestStatistics.copy_(tensor(checkpoint.State.BestStatistics));
        return session;
    }

    /// <summary>Trains and judges the next epoch.</summary>
    /// <param name="cancellationToken">Heeded before the epoch begins, never within it: the state is always that of a whole epoch.</param>
    /// <exception cref="InvalidOperationException">The trial ended early.</exception>
    public EpochResult RunEpoch(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (EndedEarly)
            throw new InvalidOperationException($"The trial ended early with epoch {Epoch}; there is nothing more to train.");

        TorchThread.Enter();
        var started = _time.GetTimestamp();
        var epoch = Epoch + 1;
        History = History.With(new EpochLoss(_step.Learn(_train, epoch), Judge()));
        if (History.BestEpoch == epoch)
            KeepBest();
        return Result(_time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>The state after the last epoch.</summary>
    public Checkpoint Capture() => new(_model.Layout, _options, History, new TrialState
    {
        Step = _adam.Step,
        Parameters = Flat.Read(_model.Parameters),
        Statistics = Flat.Read(_model.Statistics),
        FirstMoment = Flat.Read(_adam.FirstMoment),
        SecondMoment = Flat.Read(_adam.SecondMoment),
        BestParameters = Flat.Read(_bestParameters),
        BestStatistics = Flat.Read(_bestStatistics),
    });

    /// <summary>Gives the native memory back.</summary>
    public void Dispose()
    {
        foreach (IDisposable part in new IDisposable[] { _bestStatistics, _bestParameters, _validation, _train, _step, _adam, _model })
            part.Dispose();
    }

    private double Judge() => Evaluation.MeanSquaredError(_model, _validation);

    private void KeepBest()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _bestParameters.copy_(_model.Parameters);
        _bestStatistics.copy_(_model.Statistics);
    }

    private EpochResult Result(double seconds) => new()
    {
        Epoch = Epoch,
        Loss = History.Epochs[^1],
        BestLoss = History.BestLoss,
        BestEpoch = History.BestEpoch,
        EndedEarly = EndedEarly,
        Seconds = seconds,
        RowsPerSecond = seconds > 0 ? _train.Count / seconds : 0,
    };

    private static void Check(TrainingRows train, TrainingRows validation, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (train.Count < 2)
            throw new ArgumentException("Training needs 2 rows or more, because batch normalisation cannot learn from one.", nameof(train));
        if (train.FeatureCount != validation.FeatureCount)
            throw new ArgumentException($"The validation rows have {validation.FeatureCount} features, the training rows {train.FeatureCount}; prepare them together.", nameof(validation));
    }

    private static Device On(string name) => new(TrainingDevice.Resolve(name));
}
