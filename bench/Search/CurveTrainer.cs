using MacroCausal.Bench.Simulation;
using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>Simulated learning curves, with the patience of a real trial.</summary>
internal sealed class CurveTrainer(ulong seed, int patience) : ITrainer
{
    public Standing Train(StartTrial trial, int toEpoch)
    {
        var curve = new LearningCurve(trial.Configuration, seed, trial.Trial);
        var (best, bestEpoch) = (double.PositiveInfinity, 0);
        for (var epoch = 1; epoch <= toEpoch; epoch++)
        {
            var loss = curve.Loss(epoch);
            if (loss < best) (best, bestEpoch) = (loss, epoch);
            else if (epoch - bestEpoch >= patience) return new Standing(epoch, best, bestEpoch, EndedEarly: true);
        }

        return new Standing(toEpoch, best, bestEpoch, EndedEarly: false);
    }

    /// <summary>The regret, without the noise that a measured loss is lucky in.</summary>
    public double Worth(StartTrial trial, int epoch, double loss) =>
        new LearningCurve(trial.Configuration, seed, trial.Trial).Truth(epoch) - LearningCurve.BestAsymptote;
}
