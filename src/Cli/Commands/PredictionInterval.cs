using System.CommandLine;
using System.Globalization;
using MacroCausal.Cli.Embedded;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// The interval around every prediction of a model, from its residuals on rows that did not train it: the test rows, else the residuals of
/// the walk-forward, else the validation rows, widened by what selection gained on them.
/// </summary>
internal sealed record PredictionInterval
{
    private const string File = "predictions.parquet";

    /// <summary>Probability to cover the target, above 0, below 1.</summary>
    public required double Level { get; init; }

    /// <summary>What is added and taken away, in the target's unit.</summary>
    public required double HalfWidth { get; init; }

    /// <summary>What it rests on, in a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>The option of <c>predict</c>.</summary>
    public static Option<double?> Option()
    {
        var option = StudyOptions.Real("--interval", "Add an interval that covers the target with this probability, above 0 and below 1");
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var level)
                && level is not (> 0 and < 1))
            {
                result.AddError($"--interval is '{token.Value}'; it must be above 0 and below 1, such as 0.9.");
            }
        });
        return option;
    }

    /// <summary>The interval of a model.</summary>
    /// <exception cref="BadInputException">The model has no residuals on record, or too few for this level.</exception>
    public static async Task<PredictionInterval> ReadAsync(
        string folder, StoredMetadata metadata, double level, CancellationToken cancellationToken)
    {
        if (metadata.Artifacts?.ContainsKey(File) != true)
        {
            throw new BadInputException(
                $"'{folder}' holds no {File}, from which --interval is made: an older version wrote it, or its rows were too many; "
                + "leave --interval out, or train again.");
        }

        await using var content = new MemoryStream(await StoredModel.ReadCheckedAsync(folder, File, metadata, cancellationToken));
        var table = await ParquetTable.ReadAsync(content, File, cancellationToken);
        var (test, walked) = (Residuals(table, "test"), Residuals(table, "walk-forward"));
        return test.Length >= SelectionCorrection.MinRows
            ? Of(level, test, 1, Invariant($"{test.Length} test rows, which selected nothing"))
            : walked.Length >= SelectionCorrection.MinRows
                ? Of(level, walked, 1, Invariant($"{walked.Length} rows of the walk-forward, which its models had not seen"))
                : OnValidation(level, Residuals(table, "validation"), metadata);
    }

    /// <summary>How many squared errors it covers, for a sentence.</summary>
    public string Covered(IReadOnlyList<double> squaredErrors) =>
        Invariant($"{squaredErrors.Count(error => Math.Sqrt(error) <= HalfWidth)} of {squaredErrors.Count} rows with a target lie within");

    private static PredictionInterval OnValidation(double level, double[] residuals, StoredMetadata metadata)
    {
        var rows = Invariant($"{residuals.Length} validation rows, which selected the model");
        if (metadata.Metrics?.TryGetValue("corrected_loss", out var corrected) != true)
        {
            return Of(level, residuals, 1, rows + "; what selection gained there is not known, so it may be too narrow");
        }

        var widened = Math.Sqrt(Math.Max(1, corrected / residuals.Average(residual => residual * residual)));
        return Of(level, residuals, widened, rows + Invariant($", widened {widened:G3}-fold by the loss corrected for that"));
    }

    private static PredictionInterval Of(double level, double[] residuals, double widened, string rows)
    {
        if (level > ConformalInterval.MaxLevel(residuals.Length))
        {
            throw new BadInputException(Invariant($"--interval is {level}, but {residuals.Length} rows with known errors give at most ")
                + Invariant($"{Math.Floor(1000 * ConformalInterval.MaxLevel(residuals.Length)) / 1000}; ask for that or less."));
        }

        var half = widened * ConformalInterval.HalfWidth(residuals, level);
        return new PredictionInterval
        {
            Level = level,
            HalfWidth = half,
            Text = Invariant($"{100 * level:G4} % intervals are the prediction ± {half:G5}: split conformal on {rows}"),
        };
    }

    private static double[] Residuals(Table table, string split)
    {
        if (table.Find("split") is not TextColumn splits || table.Find("actual") is not NumberColumn actual
            || table.Find("model") is not NumberColumn model)
        {
            throw new TableException($"{File} has no column 'split', 'actual' or 'model'; train again.");
        }

        var (names, targets, forecasts) = (splits.Values, actual.Values, model.Values);
        return [.. Enumerable.Range(0, table.Rows).Where(row => names[row] == split).Select(row => targets[row] - forecasts[row])
            .Where(double.IsFinite)];
    }
}
