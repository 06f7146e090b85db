using MacroCausal.Bench.Search;
using MacroCausal.Data;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Training;
using MacroCausal.Tuner.Studies;
using MathNet.Numerics.Distributions;
using static MacroCausal.Bench.Evaluation.EvaluationCommand;

namespace MacroCausal.Bench.Evaluation;

/// <summary>
/// Whole studies on tables in which nothing can be learned: every word but "better" is right. The studies decide as the Tuner does and
/// train as a TrialRunner does, in one process.
/// </summary>
internal static class NoiseTables
{
    private const int Rows = 200;
    private const int Features = 10;
    private const int Trials = 20;

    private static readonly Dictionary<string, double> Targets = new() { ["independent rows"] = 0, ["AR(1), coefficient 0.6"] = 0.6 };

    public static void Write(int tables)
    {
        var words = new int[tables][];
        Parallel.For(0, tables, seed => words[seed] = [.. Targets.Select(target => Word(Table(seed, target.Value), seed))]);
        Console.WriteLine($"## Verdicts on {tables} tables of pure noise\n");
        Console.WriteLine($"{Rows} rows, {Features} features, {Trials} trials of at most 100 epochs, TPE and ASHA.\n");
        Report.Write(
            ["target", "better", "not shown", "not better"],
            Targets.Keys.Select((target, index) => (IReadOnlyList<string>)
                [target, .. Enumerable.Range(0, 3).Select(word => Share(words.Count(table => table[index] == word), tables))]));
    }

    private static int Word(Table table, int seed)
    {
        var data = DatasetBuilder.Build(table, new PrepareOptions { TemporalFeatures = TemporalFeatures.Auto });
        static TrainingRows Split(FeatureMatrix rows) => new(rows.Features, rows.Target!, rows.Names.Count);
        var scale = data.Preprocessor.TargetScale;
        var settings = new StudySettings
        {
            ExecutionId = "bench",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
            Trials = Trials,
            Seed = seed,
        };
        using var trainer = new TableTrainer(Split(data.Train), Split(data.Validation), scale, settings.Patience);
        var found = SearchRun.Run(SearchMapping.Of(settings), trainer);
        double[] Errors(float[] forecasts) =>
            [.. forecasts.Zip(data.Validation.Target!, (forecast, target) => ((double)forecast - target) * scale)];
        double[][] errors = [.. trainer.BestForecasts(data.Validation.Features).Select(Errors)
            .OrderBy(trial => trial.Sum(error => error * error))];
        var best = Baseline.BestOf(data.Baselines).Key;
        var baseline = data.BaselineForecasts.SquaredErrors(best);
        var (one, mean) = SelectionCorrection.WithEnsemble(errors, baseline, settings.EnsembleSize, seed);
        var losses = new StudyLosses
        {
            Loss = found.Worth,
            Baselines = data.Baselines,
            Rows = data.Validation.Rows,
            Looks = found.Epochs,
        };
        var (networks, size) = mean.Loss < one.Loss ? (mean, settings.EnsembleSize) : (one, 1);
        double[][] linear = [.. data.LinearMembers.Select(member => Errors(Forecasts(member, data.Validation)))];
        var shares = ForecastCombination.Shares([networks.Loss, .. linear.Select(member => member.Average(error => error * error))]);
        var others = ForecastCombination.Combine(linear, shares[1..], baseline.Length);
        var combined = SelectionCorrection.OfCombination(errors, shares[0], others, baseline, size, seed);
        var verdict = StudyVerdict.Of(losses, combined, "");
        return Array.IndexOf([StudyVerdict.Better, StudyVerdict.NotShown, StudyVerdict.NotBetter], verdict.Word);
    }

    private static float[] Forecasts(LinearMember member, FeatureMatrix rows) =>
    [
        .. Enumerable.Range(0, rows.Rows)
            .Select(row => (float)rows.Row(row).ToArray().Zip(member.Weights, (x, w) => x * w).Append(member.Intercept).Sum()),
    ];

    private static Table Table(int seed, double coefficient)
    {
        var random = new Random(seed);
        double[] Noise()
        {
            var values = new double[Rows];
            Normal.Samples(random, values, 0, 1);
            return values;
        }

        var target = Noise();
        for (var row = 1; row < Rows; row++)
        {
            target[row] += coefficient * target[row - 1];
        }

        var features = Enumerable.Range(0, Features).Select(j => new NumberColumn($"x{j}", Noise()));
        return new Table([new NumberColumn("target", target), .. features]);
    }
}
