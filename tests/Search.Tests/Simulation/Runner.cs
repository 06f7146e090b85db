using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>Trains trials without training: learning curves and their troubles as functions of (seed, trial, segment).</summary>
internal sealed class Runner(FaultRates weather, ulong seed)
{
    public double Duration(int trial, int toEpoch) => 0.1 + SeededRandom.Of(seed, 1, trial, toEpoch);

    public bool Fails(int trial, int toEpoch) => SeededRandom.Of(seed, 2, trial, toEpoch) < weather.Failures;

    public bool ResultComesLate(int trial, int toEpoch) => SeededRandom.Of(seed, 3, trial, toEpoch) < weather.LateResults;

    public bool ReportsTwice(int trial, int toEpoch) => SeededRandom.Of(seed, 4, trial, toEpoch) < weather.Duplicates;

    public SegmentReport Train(TrialSnapshot trial)
    {
        var (number, from, to) = (trial.Trial, trial.Epoch, trial.ToEpoch);
        if (SeededRandom.Of(seed, 5, number) < weather.Divergences) return new SegmentReport(number, to, null, 0, EndedEarly: true);
        var endsEarly = SeededRandom.Of(seed, 6, number, to) < weather.EarlyEnds;
        var epoch = endsEarly ? from + 1 + (int)(SeededRandom.Of(seed, 7, number, to) * (to - from)) : to;
        // Coarse, so that ties happen.
        var loss = Math.Round((10 * Math.Abs(trial.Configuration.Number("dropout") - 0.2)) + (5.0 / epoch) + SeededRandom.Of(seed, 8, number, to), 1);
        return trial.Milestones is [.., { Loss: { } best }] && best <= loss
            ? new SegmentReport(number, epoch, best, trial.BestEpoch, endsEarly)
            : new SegmentReport(number, epoch, loss, epoch, endsEarly);
    }
}
