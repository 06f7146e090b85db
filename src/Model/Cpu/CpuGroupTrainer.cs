using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Several trials on one core, one after the other in the kernels of <see cref="CpuTrainer"/>. The TrialRunner does not use it; the GPU's
/// <see cref="Torch.StackedTrainer"/> is compared with it, in tests and in the bench.
/// </summary>
internal sealed class CpuGroupTrainer : IGroupTrainer
{
    private readonly List<TrainingOptions> _options;
    private readonly List<CpuTrial> _trials = [];
    private readonly CpuWorkspace _work;
    private readonly CpuStep _step;
    private readonly TrainingRows _train;
    private readonly TrainingRows _validation;

    public CpuGroupTrainer(
        NetworkLayout network, List<TrainingOptions> options, List<TrialState> states, TrainingRows train, TrainingRows validation)
    {
        (_options, _train, _validation) = (options, train, validation);
        var layout = new PaddedLayout(network);
        _work = new CpuWorkspace(layout, Batches.MaxRows(train.Count, options[0].BatchSize));
        _step = new CpuStep(layout, _work);
        foreach (var (own, state) in options.Zip(states))
        {
            _trials.Add(new CpuTrial(layout, own, state));
        }
    }

    public EpochLoss[] RunEpoch(IReadOnlyList<(int Trial, int Epoch)> trials) =>
        [.. trials.Select(next => RunEpoch(next.Trial, next.Epoch))];

    public void KeepBest(int trial) => _trials[trial].KeepBest();

    public TrialState Capture(int trial) => _trials[trial].Capture();

    public void Leave(int trial) => _trials[trial].Dispose();

    public void Dispose()
    {
        foreach (var trial in _trials)
        {
            trial.Dispose();
        }

        _work.Dispose();
    }

    private EpochLoss RunEpoch(int trial, int epoch)
    {
        var train = _step.TrainEpoch(_trials[trial], _train, _options[trial], epoch);
        return new EpochLoss(train, _step.Evaluate(_trials[trial], _validation));
    }
}
