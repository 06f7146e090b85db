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

    // The others have little chance to join.
    private const int MaxCandidates = 50;

    /// <summary>The corrected loss of the best trial, and its difference to a baseline, with 95 % intervals.</summary>
    /// <param name="trials">Squared errors of every trial, [T][N]; one trial or more, N of <see cref="MinRows"/> or more.</param>
    /// <param name="baseline">Squared errors of the baseline, [N].</param>
    /// <param name="seed">Seed of the draws.</param>
    public static CorrectedFigures Of(IReadOnlyList<double[]> trials, double[] baseline, int seed)
    {
        ThrowIfTooFew(trials, baseline);
        return Correct([BestOf(trials)], trials, baseline, seed, trials.Count)[0];
    }

    /// <summary>The same for the best trial and for an ensemble of trials, on the same draws.</summary>
    /// <param name="errors">Forecast less target of every trial, the best first, [T][N].</param>
    /// <param name="baseline">Squared errors of the baseline, [N].</param>
    /// <param name="size">Maximum number of selections into the ensemble, 2 or more.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static (CorrectedFigures Best, CorrectedFigures Ensemble) WithEnsemble(
        IReadOnlyList<double[]> errors, double[] baseline, int size, int seed)
    {
        ThrowIfTooFew(errors, baseline);
        double[][] squares = [.. errors.Select(Squared)];
        double[][] candidates = [.. errors.Take(MaxCandidates)];
        double[] Ensemble(double[] counts) => Squared(MeanOf(candidates, counts, size));
        var figures = Correct([BestOf(squares), Ensemble], squares, baseline, seed, errors.Count + (size * candidates.Length));
        return (figures[0], figures[1]);
    }

    /// <summary>
    /// The same for a combination of the best trial, or of an ensemble of trials, with forecasts that were not selected on these rows. The
    /// selection of the trials is repeated on every draw, the shares are not.
    /// </summary>
    /// <param name="errors">Forecast less target of every trial, the best first, [T][N].</param>
    /// <param name="share">Share of the trials, above 0, at most 1.</param>
    /// <param name="others">Forecast less target of every other forecast times its share, summed, [N].</param>
    /// <param name="baseline">Squared errors of the baseline, [N].</param>
    /// <param name="size">Maximum number of selections into the ensemble; 1 for the best trial alone.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static CorrectedFigures OfCombination(
        IReadOnlyList<double[]> errors, double share, double[] others, double[] baseline, int size, int seed)
    {
        ThrowIfTooFew(errors, baseline);
        double[][] candidates = size == 1 ? [.. errors] : [.. errors.Take(MaxCandidates)];
        double[][] squares = Array.ConvertAll([.. errors], Squared);
        double[] Combined(double[] counts)
        {
            var mean = size == 1 ? errors[squares.Index().MinBy(trial => Dot(counts, trial.Item)).Index] : MeanOf(candidates, counts, size);
            return Squared([.. mean.Zip(others, (error, other) => (share * error) + other)]);
        }

        return Correct([Combined], squares, baseline, seed, size * (double)candidates.Length)[0];
    }

    /// <summary>What <see cref="WithEnsemble"/> selects on all rows.</summary>
    /// <param name="errors">Forecast less target of every trial, the best first, [T][N].</param>
    /// <param name="size">Maximum number of selections, 1 or more.</param>
    /// <returns>How often each was selected, [T].</returns>
    public static int[] SelectEnsemble(IReadOnlyList<double[]> errors, int size)
    {
        double[][] candidates = [.. errors.Take(MaxCandidates)];
        var counts = EnsembleSelection.Select(candidates, [.. Enumerable.Repeat(1.0, errors[0].Length)], size);
        return [.. counts, .. new int[errors.Count - counts.Length]];
    }

    // Each way to select gets how often each row was drawn, and gives the squared errors of what it selects on these draws, [N].
    private static CorrectedFigures[] Correct(
        Func<double[], double[]>[] ways, IReadOnlyList<double[]> trials, double[] baseline, int seed, double vectors)
    {
        var rows = baseline.Length;
        var random = new Random(seed);
        var blockLength = BlockLength(trials, baseline);
        var resamples = (int)Math.Clamp(MaxWork / (vectors * rows), MinResamples, Resamples);
        var (losses, differences) = (Lists(ways.Length, resamples), Lists(ways.Length, resamples));
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
            var other = Dot(left, baseline) / leftOut;
            for (var way = 0; way < ways.Length; way++)
            {
                var loss = Dot(left, ways[way](counts)) / leftOut;
                losses[way].Add(loss);
                differences[way].Add(loss - other);
            }
        }

        return [.. losses.Zip(differences, (of, to) => new CorrectedFigures(of.Average(), Interval95(of), to.Average(), Interval95(to)))];
    }

    private static Func<double[], double[]> BestOf(IReadOnlyList<double[]> trials) => counts => trials.MinBy(trial => Dot(counts, trial))!;

    private static double[] MeanOf(double[][] candidates, double[] counts, int size) =>
        EnsembleSelection.Mean(candidates, EnsembleSelection.Select(candidates, counts, size));

    private static double[] Squared(double[] errors) => Array.ConvertAll(errors, error => error * error);

    private static List<double>[] Lists(int count, int capacity) => [.. Enumerable.Range(0, count).Select(_ => new List<double>(capacity))];

    private static void ThrowIfTooFew(IReadOnlyList<double[]> trials, double[] baseline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(baseline.Length, MinRows, nameof(baseline));
        ArgumentOutOfRangeException.ThrowIfZero(trials.Count, nameof(trials));
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
