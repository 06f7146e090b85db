using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Evaluation;

/// <summary>
/// Bootstrap bias corrected cross-validation (Tsamardinos, Greasidou and Borboudakis, 2018): rows are drawn in blocks, the trial that is
/// best on them is selected, and scored on the rows that were not drawn. What a selection gains by chance on its own rows is lost there.
/// Nothing is trained again. The choice of every trial's best epoch is not repeated, so its gain stays in.
/// </summary>
public static class SelectionCorrection
{
    /// <summary>Rows below which there is nothing to draw from.</summary>
    public const int MinRows = 20;

    private const int Resamples = 1000;
    private const int MinResamples = 200;
    private const double MaxWork = 1e9;

    /// <summary>The corrected loss of what is selected, and its difference to a baseline, with 95 % intervals.</summary>
    /// <param name="trials">Squared errors of every trial, [T][N]; one trial or more, N of <see cref="MinRows"/> or more.</param>
    /// <param name="baseline">Squared errors of the baseline, [N].</param>
    /// <param name="seed">Seed of the draws.</param>
    public static CorrectedFigures Of(IReadOnlyList<double[]> trials, double[] baseline, int seed)
    {
        var rows = baseline.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, MinRows, nameof(baseline));
        ArgumentOutOfRangeException.ThrowIfZero(trials.Count, nameof(trials));
        var random = new Random(seed);
        var blockLength = BlockLength(trials, baseline);
        var resamples = (int)Math.Clamp(MaxWork / ((double)trials.Count * rows), MinResamples, Resamples);
        var (losses, differences) = (new List<double>(resamples), new List<double>(resamples));
        for (var i = 0; i < resamples; i++)
        {
            var counts = new double[rows];
            foreach (var row in BlockBootstrap.Draw(rows, blockLength, random))
            {
                counts[row]++;
            }

            double[] left = Array.ConvertAll(counts, count => count == 0 ? 1.0 : 0);
            var leftOut = left.Sum();
            if (leftOut == 0) continue;
            var loss = Dot(left, trials.MinBy(trial => Dot(counts, trial))!) / leftOut;
            losses.Add(loss);
            differences.Add(loss - (Dot(left, baseline) / leftOut));
        }

        return new CorrectedFigures(losses.Average(), Interval95(losses), differences.Average(), Interval95(differences));
    }

    // What is compared is a difference and a loss; the longer of their blocks keeps the correlation of both.
    private static double BlockLength(IReadOnlyList<double[]> trials, double[] baseline)
    {
        var best = trials.MinBy(trial => trial.Sum())!;
        double[] difference = [.. best.Zip(baseline, (loss, other) => loss - other)];
        return Math.Max(BlockBootstrap.Length(best), BlockBootstrap.Length(difference));
    }

    private static Interval Interval95(List<double> values)
    {
        values.Sort();
        double Quantile(double share)
        {
            var position = share * (values.Count - 1);
            var below = (int)position;
            return below + 1 >= values.Count
                ? values[^1]
                : values[below] + ((position - below) * (values[below + 1] - values[below]));
        }

        return new Interval(Quantile(0.025), Quantile(0.975));
    }
}
