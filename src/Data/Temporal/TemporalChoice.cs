using MacroCausal.Data.Baselines;
using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Temporal;

/// <summary>A set of temporal features that was tried, and its error.</summary>
/// <param name="Features">Name of the set, as the setting has it.</param>
/// <param name="Error">Mean squared error by cross-validation on the training rows, in the target's unit, squared.</param>
/// <param name="StandardError">Standard error of the difference to the set with the lowest error; 0 for that set.</param>
public sealed record TriedFeatures(string Features, double Error, double StandardError);

/// <summary>
/// Chooses among nested sets of columns by cross-validation on blocks of time: ridge regression is fitted on four fifths of the training
/// rows and forecasts the fifth, its penalty chosen by the same blocks. Rows whose target overlaps the fifth's are left out of the fit. The
/// rule of one standard error (Breiman et al., 1984) decides: of the sets in the order given, the first whose error is at most one standard
/// error above the lowest, both taken from differences row by row, so more columns are taken only for a gain that is more than chance.
/// </summary>
internal static class TemporalChoice
{
    /// <summary>Fewest rows on which there is anything to choose by.</summary>
    public const int MinRows = 40;

    // Differences of errors within a block go together; between blocks they vary.
    private const int MaxBlocks = 20;
    private const int MinBlockRows = 4;

    // Multiplications; about a second. Of a longer table the last rows decide.
    private const double MaxWork = 3e9;

    private static readonly double[] Penalties = [1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3, 10, 100, 1000];

    /// <summary>Tries every set and says which to take.</summary>
    /// <param name="sets">Names of the sets, simplest first, and the columns of each: [F][N], standardized.</param>
    /// <param name="target">The target, [N].</param>
    /// <param name="horizon">Rows from a row to the one whose value its target is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static (string Taken, IReadOnlyList<TriedFeatures> Tried) Of(
        IReadOnlyList<(string Name, double[][] Columns)> sets, double[] target, int horizon, CancellationToken cancellationToken)
    {
        var errors = sets.Select(set => SquaredErrors(set.Columns, target, horizon - 1, cancellationToken)).ToList();
        var best = errors.MinBy(Mean)!;
        var tried = sets.Zip(errors)
            .Select(set => new TriedFeatures(set.First.Name, Mean(set.Second), StandardError(set.Second, best, horizon))).ToList();
        var taken = tried.First(set => set.Error <= Mean(best) + set.StandardError);
        return (taken.Features, tried);
    }

    /// <summary>The last rows that can be looked at in about a second.</summary>
    public static int RowsInTime(int columns, int rows)
    {
        while (rows > MinRows && Work(columns, rows) > MaxWork)
        {
            rows = rows * 3 / 4;
        }

        return rows;
    }

    // Squared error of every row, forecast by a fit on the rows of the other blocks, with the penalty that has the lowest.
    private static double[] SquaredErrors(double[][] columns, double[] target, int overlap, CancellationToken cancellationToken)
    {
        var blocks = Enumerable.Range(0, RidgeRegression.Blocks)
            .Select(block => RidgeRegression.Block(columns, target, block, overlap, cancellationToken)).ToList();
        double[] At(int penalty) => [.. blocks.SelectMany(block => SquaredErrors(block, Penalties[penalty], columns, target))];

        // The error falls, then rises: downhill from the middle.
        var index = Penalties.Length / 2;
        var best = At(index);
        foreach (var step in new[] { 1, -1 })
        {
            var moved = false;
            for (var next = index + step; next >= 0 && next < Penalties.Length; next += step)
            {
                var errors = At(next);
                if (!(Mean(errors) < Mean(best))) break;
                (best, index, moved) = (errors, next, true);
            }

            if (moved) break;
        }

        return best;
    }

    // Where too few rows are left to fit on, no set of columns has anything to say.
    private static IEnumerable<double> SquaredErrors(RidgeBlock block, double penalty, double[][] columns, double[] target) =>
        block.Fit is { } fit
            ? fit(penalty).Errors(columns, target, block.Start, block.End).Select(error => error * error)
            : Enumerable.Repeat(double.PositiveInfinity, block.End - block.Start);

    // What no number holds is worse than any number.
    private static double Mean(double[] errors) => errors.Average() is var mean && double.IsNaN(mean) ? double.PositiveInfinity : mean;

    private static double StandardError(double[] errors, double[] best, int horizon)
    {
        if (ReferenceEquals(errors, best) || !double.IsFinite(Mean(errors))) return 0;
        var blocks = Math.Clamp(errors.Length / Math.Max(MinBlockRows, 2 * horizon), 2, MaxBlocks);
        double[] differences = [.. Enumerable.Range(0, blocks).Select(block =>
        {
            var rows = (errors.Length * block / blocks)..(errors.Length * (block + 1) / blocks);
            return Mean(errors[rows]) - Mean(best[rows]);
        })];
        var mean = differences.Average();
        var deviations = Array.ConvertAll(differences, difference => difference - mean);
        return Math.Sqrt(Dot(deviations, deviations) / (blocks - 1) / blocks);
    }

    private static double Work(int columns, int rows)
    {
        double small = Math.Min(columns, rows);
        return RidgeRegression.Blocks * ((columns * (double)rows * small / 2) + (small * small * small));
    }
}
