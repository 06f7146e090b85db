using System.CommandLine;
using MacroCausal.Data.Evaluation;
using MathNet.Numerics.Distributions;

namespace MacroCausal.Bench.Evaluation;

/// <summary>How often the tests and intervals of a verdict are wrong, on simulated forecasts and on tables of pure noise.</summary>
internal static class EvaluationCommand
{
    private static readonly int[] Rows = [40, 140, 500];

    public static Command Create()
    {
        var runs = Whole("--runs", "Simulated series of every test.", 2000);
        var tables = Whole("--tables", "Tables of pure noise; a study each.", 200);
        var command = new Command("evaluation", "Sizes of the tests and coverage of the intervals behind a verdict.") { runs, tables };
        command.SetAction(result =>
        {
            Console.WriteLine("Shares in percent, with 95 % Clopper-Pearson intervals.\n");
            Tests(result.GetValue(runs));
            Selection(Math.Max(1, result.GetValue(runs) / 10));
            NoiseTables.Write(result.GetValue(tables));
        });
        return command;
    }

    /// <summary>A share of runs with its Clopper-Pearson interval.</summary>
    public static string Share(int hits, int runs)
    {
        var low = hits == 0 ? 0 : Beta.InvCDF(hits, runs - hits + 1, 0.025);
        var high = hits == runs ? 1 : Beta.InvCDF(hits + 1, runs - hits, 0.975);
        return Invariant($"{100.0 * hits / runs:F1} ({100 * low:F1} to {100 * high:F1})");
    }

    private static void Tests(int runs)
    {
        Console.WriteLine("## Rejections at 5 % where two forecasts are equally good\n");
        Console.WriteLine("Errors of h-step forecasts: normal, a moving average over h rows.\n");
        Report.Write(
            ["test", .. Rows.Select(rows => $"n = {rows}")],
            from horizon in (int[])[1, 4]
            from test in (string[])["Diebold-Mariano, HLN", "Clark-West"]
            select (IReadOnlyList<string>)
                [$"{test}, h = {horizon}", .. Rows.Select(rows => Share(Rejections(test, rows, horizon, runs), runs))]);
    }

    private static int Rejections(string test, int rows, int horizon, int runs)
    {
        var random = new Random(rows + (1000 * horizon));
        var rejections = 0;
        for (var run = 0; run < runs; run++)
        {
            var (first, second) = (MovingAverage(random, rows, horizon), MovingAverage(random, rows, horizon));
            // For Clark-West the smaller model forecasts 0, and the larger one adds noise that has nothing to do with the target.
            var result = test == "Clark-West"
                ? ForecastTests.ClarkWest(first, new double[rows], Array.ConvertAll(second, value => 0.3 * value), horizon)
                : ForecastTests.DieboldMariano(first, second, horizon);
            if (result.PValue < 0.05) rejections++;
        }

        return rejections;
    }

    private static void Selection(int runs)
    {
        Console.WriteLine("## Selection among 20 trials that are as good as the baseline\n");
        Console.WriteLine(
            "Errors of all are AR(1) series that share a part (correlation c). Better: the 95 % interval of the difference lies below 0. "
            + "Coverage: the 95 % interval of the corrected loss holds the true loss.\n");
        Report.Write(
            ["errors", "n", "least loss / true", "corrected / true", "better", "coverage"],
            from settings in ((double Ar, double Correlation)[])[(0, 0), (0, 0.9), (0.6, 0.9)]
            from rows in Rows
            select SelectionRow(settings.Ar, settings.Correlation, rows, runs));
    }

    private static IReadOnlyList<string> SelectionRow(double ar, double correlation, int rows, int runs)
    {
        var random = new Random(rows);
        var (least, corrected, better, covered) = (0.0, 0.0, 0, 0);
        for (var run = 0; run < runs; run++)
        {
            var common = Autoregressive(random, rows, ar);
            double[] Losses() => [.. common.Zip(Autoregressive(random, rows, ar), (shared, own) =>
                Math.Pow((Math.Sqrt(correlation) * shared) + (Math.Sqrt(1 - correlation) * own), 2))];
            double[][] trials = [.. Enumerable.Range(0, 20).Select(_ => Losses())];
            var figures = SelectionCorrection.Of(trials, Losses(), run);
            least += trials.Min(trial => trial.Average()) / runs;
            corrected += figures.Loss / runs;
            if (figures.DifferenceInterval.High < 0) better++;
            if (figures.LossInterval.Low <= 1 && figures.LossInterval.High >= 1) covered++;
        }

        return
        [
            Invariant($"AR {ar}, c = {correlation}"), Invariant($"{rows}"), Invariant($"{least:F3}"), Invariant($"{corrected:F3}"),
            Share(better, runs), Share(covered, runs),
        ];
    }

    private static double[] MovingAverage(Random random, int rows, int horizon)
    {
        var shocks = new double[rows + horizon];
        Normal.Samples(random, shocks, 0, 1);
        return [.. Enumerable.Range(0, rows).Select(row => shocks.AsSpan(row, horizon).ToArray().Sum())];
    }

    // Of variance 1.
    private static double[] Autoregressive(Random random, int rows, double coefficient)
    {
        var series = new double[rows];
        Normal.Samples(random, series, 0, 1);
        for (var row = 1; row < rows; row++)
        {
            series[row] = (coefficient * series[row - 1]) + (Math.Sqrt(1 - (coefficient * coefficient)) * series[row]);
        }

        return series;
    }

    private static Option<int> Whole(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = $"{description} Default {value}.", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError($"{name} is {result.GetValueOrDefault<int>()}; give 1 or more.");
        });
        return option;
    }
}
