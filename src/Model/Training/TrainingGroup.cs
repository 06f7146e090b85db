using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// Trains trials of one shape (hidden layers, batch size) as one, an epoch a call: what a GPU needs, while a trial on the processor has a
/// <see cref="CpuTrainer"/> of its own. What a trial becomes is a function of rows, options and epoch alone, whatever trains beside it. 20
/// epochs are 10 epochs, a checkpoint and 10 epochs more. One thread at a time may use it; each call may come from another one.
/// </summary>
public sealed class TrainingGroup : IDisposable
{
    private readonly IGroupTrainer _trainer;
    private readonly TrainingOptions[] _options;
    private readonly TrainingHistory[] _histories;
    private readonly IReadOnlyList<string>[] _engines;
    private readonly bool[] _left;
    private readonly NetworkLayout _layout;
    private readonly int _rows;
    private readonly TimeProvider _time;

    private TrainingGroup(
        IGroupTrainer trainer, NetworkLayout layout, IReadOnlyList<TrialStart> trials, string engine, int rows, TimeProvider time)
    {
        (_trainer, _layout, _rows, _time) = (trainer, layout, rows, time);
        _options = [.. trials.Select(trial => trial.Options)];
        _histories = [.. trials.Select(trial => trial.History)];
        _engines = [.. trials.Select(trial => trial.EnginesWith(engine))];
        _left = new bool[trials.Count];
    }

    /// <summary>Trials that the group began with. They are counted from 0, in the order in which they were given.</summary>
    public int Count => _options.Length;

    /// <summary>Trials that <see cref="RunEpoch"/> trains: all but those that ended early and those that left.</summary>
    public IEnumerable<int> Running =>
        Enumerable.Range(0, Count).Where(trial => !_left[trial] && !_histories[trial].IsOver(_options[trial].Patience));

    /// <summary>Takes trials into memory, new ones and such as a checkpoint left them.</summary>
    /// <param name="train">Rows to train on, 2 or more.</param>
    /// <param name="validation">Rows to evaluate on, with the same features.</param>
    /// <param name="trials">One or more of one shape.</param>
    /// <param name="device">As <see cref="TrainingDevice.Resolve"/> gives it.</param>
    /// <param name="time">Times the epochs.</param>
    /// <param name="engine"><c>auto</c>, <c>cpu</c> or <c>stacked</c>; <c>torch</c> trains no groups.</param>
    /// <exception cref="ArgumentException">An option is out of range, shapes differ, the splits do not belong together, or there is no such
    /// device or engine.</exception>
    /// <exception cref="ModelFileException">A checkpoint is of another trial: its options or its number of features differ.</exception>
    /// <exception cref="OutOfMemoryException">The processor's memory does not hold them; torch reports a device's by an exception of its
    /// own.</exception>
    public static TrainingGroup Open(
        TrainingRows train, TrainingRows validation, IReadOnlyList<TrialStart> trials, string device, TimeProvider time,
        string engine = TrainingEngine.Auto)
    {
        Check(train, validation, trials);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(time);
        engine = TrainingEngine.Resolve(engine, device);
        var layout = new NetworkLayout(train.FeatureCount, trials[0].Options.HiddenLayers, trials[0].Options.Style);
        var states = trials.Select(trial => trial.State(layout)).ToList();
        var options = trials.Select(trial => trial.Options).ToList();
        // The processor's trainer does without torch, which takes its time to load.
        IGroupTrainer trainer = engine switch
        {
            TrainingEngine.Cpu => new CpuGroupTrainer(layout, options, states, train, validation),
            TrainingEngine.Stacked => Stacked(layout, options, states, train, validation, device),
            _ => throw new ArgumentException($"Engine \"{engine}\" trains one trial at a time, no group.", nameof(engine)),
        };
        return new TrainingGroup(trainer, layout, trials, engine, train.Count, time);
    }

    /// <summary>Losses of every epoch of a trial so far.</summary>
    public TrainingHistory History(int trial) => _histories[trial];

    /// <summary>
    /// Trains and evaluates the next epoch of every trial that is <see cref="Running"/>; they need not be at the same epoch.
    /// </summary>
    /// <returns>The epoch of each trial, in order; null for one that was not trained.</returns>
    /// <exception cref="InvalidOperationException">No trial is running.</exception>
    public IReadOnlyList<EpochResult?> RunEpoch()
    {
        var running = Running.Select(trial => (Trial: trial, Epoch: _histories[trial].Epochs.Count + 1)).ToList();
        if (running.Count == 0)
        {
            throw new InvalidOperationException("Every trial of the group ended early or left it; there is nothing more to train.");
        }

        var started = _time.GetTimestamp();
        var losses = _trainer.RunEpoch(running);
        var seconds = _time.GetElapsedTime(started).TotalSeconds / running.Count;
        var results = new EpochResult?[Count];
        foreach (var ((trial, _), loss) in running.Zip(losses))
        {
            results[trial] = Record(trial, loss, seconds);
        }

        return results;
    }

    /// <summary>The state of a trial after its last epoch.</summary>
    /// <exception cref="InvalidOperationException">The trial left the group.</exception>
    public Checkpoint Capture(int trial) => _left[trial]
        ? throw new InvalidOperationException($"Trial {trial} left the group; capture it before.")
        : new Checkpoint(_layout, _options[trial], _histories[trial], _trainer.Capture(trial), _engines[trial]);

    /// <summary>Trains a trial no further and gives its memory back. Nothing happens where it left before.</summary>
    public void Leave(int trial)
    {
        if (_left[trial]) return;
        _left[trial] = true;
        _trainer.Leave(trial);
    }

    /// <summary>Gives the native memory back.</summary>
    public void Dispose() => _trainer.Dispose();

    private static StackedTrainer Stacked(
        NetworkLayout layout, List<TrainingOptions> options, List<TrialState> states,
        TrainingRows train, TrainingRows validation, string device) =>
        new(layout, options, states, train, validation, TrainingDevice.Devices(device));

    private EpochResult Record(int trial, EpochLoss loss, double seconds)
    {
        var history = _histories[trial] = _histories[trial].With(loss);
        if (history.IsBest)
        {
            _trainer.KeepBest(trial);
        }

        return EpochResult.Last(history, _options[trial].Patience, seconds, _rows);
    }

    private static void Check(TrainingRows train, TrainingRows validation, IReadOnlyList<TrialStart> trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        if (trials.Count == 0) throw new ArgumentException("A group needs one trial or more.", nameof(trials));
        foreach (var trial in trials)
        {
            trial.Validate(train, validation);
            if (!trial.Options.HasShapeOf(trials[0].Options))
            {
                throw new ArgumentException(
                    $"A group's trials have one shape, but one has {trial.Options} and another {trials[0].Options}; train them apart.",
                    nameof(trials));
            }
        }
    }
}

/// <summary>
/// Trains the parameters of a group's trials; trials are counted from 0 in the order in which they were given. One thread at a time.
/// </summary>
internal interface IGroupTrainer : IDisposable
{
    /// <summary>Trains and evaluates an epoch of some of the trials.</summary>
    /// <param name="trials">Trials and the number of the epoch that is next for each.</param>
    /// <returns>Their losses, in the same order.</returns>
    EpochLoss[] RunEpoch(IReadOnlyList<(int Trial, int Epoch)> trials);

    /// <summary>Remembers a trial's weights as its best.</summary>
    void KeepBest(int trial);

    /// <summary>A trial's numbers, in the order of its network's layout.</summary>
    TrialState Capture(int trial);

    /// <summary>Gives up what a trial takes; it is not named again.</summary>
    void Leave(int trial);
}
