using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Trains one trial on one core, an epoch a call; its weights and moments stay in the core's cache. What a trial becomes is a function of
/// rows, options and epoch alone, bit for bit; 20 epochs are 10 epochs, a checkpoint and 10 epochs more. One thread at a time may use it;
/// each call may come from another one.
/// </summary>
public sealed class CpuTrainer : ITrialTrainer
{
    private readonly TrainingRows _train;
    private readonly TrainingRows _validation;
    private readonly TrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly NetworkLayout _network;
    private readonly CpuWorkspace _work;
    private readonly CpuStep _step;
    private readonly CpuTrial _trial;
    private readonly IReadOnlyList<string> _engines;

    /// <summary>Takes a trial into memory, a new one or one that a checkpoint left.</summary>
    /// <param name="train">Rows to train on, 2 or more.</param>
    /// <param name="validation">Rows to evaluate on, with the same features.</param>
    /// <param name="start">The trial.</param>
    /// <param name="time">Times the epochs.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the splits do not belong together.</exception>
    /// <exception cref="ModelFileException">The checkpoint is of another trial: its options or its number of features differ.</exception>
    /// <exception cref="OutOfMemoryException">Memory does not hold it.</exception>
    public CpuTrainer(TrainingRows train, TrainingRows validation, TrialStart start, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(time);
        start.Validate(train, validation);
        (_train, _validation, _options, _time) = (train, validation, start.Options, time);
        _network = new NetworkLayout(train.FeatureCount, _options.HiddenLayers, _options.Style);
        var layout = new PaddedLayout(_network);
        _work = new CpuWorkspace(layout, Batches.MaxRows(train.Count, _options.BatchSize));
        _step = new CpuStep(layout, _work);
        _trial = new CpuTrial(layout, _options, start.State(_network));
        _engines = start.EnginesWith(TrainingEngine.Cpu);
        History = start.History;
    }

    /// <summary>Losses of every epoch of the trial so far.</summary>
    public TrainingHistory History { get; private set; }

    /// <summary>Trains and evaluates the next epoch.</summary>
    /// <exception cref="InvalidOperationException">The trial ended early.</exception>
    public EpochResult RunEpoch()
    {
        if (History.IsOver(_options.Patience)) throw new InvalidOperationException("The trial ended early; nothing is left to train.");

        var started = _time.GetTimestamp();
        var train = _step.TrainEpoch(_trial, _train, _options, History.Epochs.Count + 1);
        History = History.With(new EpochLoss(train, _step.Evaluate(_trial, _validation)));
        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        if (History.IsBest)
        {
            _trial.KeepBest();
        }

        return EpochResult.Last(History, _options.Patience, seconds, _train.Count);
    }

    /// <summary>The state of the trial after its last epoch.</summary>
    public Checkpoint Capture() => new(_network, _options, History, _trial.Capture(), _engines);

    /// <summary>Gives the native memory back.</summary>
    public void Dispose()
    {
        _trial.Dispose();
        _work.Dispose();
    }
}
