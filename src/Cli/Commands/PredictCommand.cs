using System.CommandLine;
using System.Text.Json;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Cli.Tables;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal predict</c>: a model's predictions for the rows of a table.</summary>
internal static class PredictCommand
{
    private const string PredictionName = "prediction";
    private const string ForecastName = "forecast_";

    /// <summary>What a column begins with that holds the forecasts of a baseline.</summary>
    public const string BaselineName = "baseline_";

    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "Model: its folder's address (s3://artifacts/models/ID/ in the store, or a path), or its id",
            Required = true,
        };
        var data = new Option<string>("--data")
        {
            Description = "Table to predict for: .parquet, .csv, .tsv, .txt (these three also with .gz or .zst), or - for standard input; "
                + "the target may be absent",
            Required = true,
        };
        var output = new Option<string>("--out")
        {
            Description = "File to write, of the same kinds: date, prediction, and the target where there is one; - for standard output",
            DefaultValueFactory = _ => InputTable.StandardStream,
        };
        var json = new Option<bool>("--json")
        {
            Description = "Write one JSON line about the predictions to standard output; they themselves go to the file --out",
        };
        var interval = PredictionInterval.Option();
        var forecasts = new Option<bool>("--forecasts")
        {
            Description = "Write beside each prediction what it is made of, and what every baseline forecasts",
        };
        var store = CommonOptions.Store();
        var command = new Command("predict", "Predict the target for the rows of a table")
        {
            model, data, output, interval, forecasts, json, store,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (path, asJson) = (parsed.GetRequiredValue(output), parsed.GetValue(json));
            OutputTable.Check(path);
            if (asJson && path == InputTable.StandardStream)
            {
                throw new BadInputException("With --json standard output has one JSON line; name a file for the predictions with --out.");
            }

            var (place, name) = (CommonOptions.StoreOf(parsed, store), parsed.GetRequiredValue(model));
            var folder = await ModelFolder.FindAsync(place, name, cancellationToken);
            var stored = await StoredModel.ReadAsync(place, folder, cancellationToken);
            var around = parsed.GetValue(interval) is { } level
                ? await PredictionInterval.ReadAsync(folder, stored.Metadata, level, cancellationToken)
                : null;
            var table = await InputTable.ReadAsync(parsed.GetRequiredValue(data), cancellationToken);
            var baselines = parsed.GetValue(forecasts) ? await stored.ReadBaselinesAsync(folder, cancellationToken) : null;
            var predicted = Predict(table, stored, around, baselines);

            // Standard output holds the table, or that it was written; all else is beside it.
            var (lines, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            await OutputTable.WriteAsync(predicted.Table, path, lines, cancellationToken);
            if (asJson)
            {
                lines.WriteLine(PredictionText.Json(predicted, stored, path));
            }
            else if (path != InputTable.StandardStream)
            {
                lines.WriteSentence(
                    $"{table.Rows} predictions of '{stored.Preparation.Target}' written to {path}{Empty(predicted.Table)}");
            }

            foreach (var line in PredictionText.Lines(predicted, stored))
            {
                errors.WriteSentence(line);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    // Prepared as the model's training rows were, and scaled back to the target's unit.
    private static Predicted Predict(
        Table table, StoredModel model, PredictionInterval? around, IReadOnlyList<FittedBaseline>? baselines)
    {
        try
        {
            var preparation = model.Preparation;
            var matrix = preparation.Apply(table);
            float[] Scaled(ModelEnsemble part)
            {
                using var predictor = new Predictor(part);
                return predictor.Predict(matrix.Features);
            }

            NumberColumn Unscaled(string column, float[] values, double by = 0) =>
                new(column, [.. values.Select(value => preparation.TargetMean + (preparation.TargetScale * value) + by)]);
            var scaled = Scaled(model.Network);
            var date = preparation.DateColumn is { } name ? table.Find(name) : null;
            Column?[] columns =
            [
                date,
                Unscaled(PredictionName, scaled),
                around is null ? null : Unscaled(PredictionName + "_low", scaled, -around.HalfWidth),
                around is null ? null : Unscaled(PredictionName + "_high", scaled, around.HalfWidth),
                .. baselines is null ? [] : model.Parts.Select(part => Unscaled(ForecastName + part.Name, Scaled(part.Model))),
                .. baselines is null
                    ? []
                    : BaselinePrediction.Of(baselines, preparation, table, matrix)
                        .Select(baseline => new NumberColumn(BaselineName + baseline.Key, baseline.Value)),
                table.Find(preparation.Target),
            ];
            return new Predicted(
                new Table([.. columns.OfType<Column>().DistinctBy(column => column.Name)]),
                InputReport.Of(table, preparation),
                matrix.Target is null ? [] : [.. matrix.SquaredErrors(scaled, preparation.TargetScale).Where(double.IsFinite)],
                around);
        }
        catch (DataRejectedException exception)
        {
            throw new BadInputException(exception.Reasons);
        }
    }

    // A value too large for float32 has no prediction.
    private static string Empty(Table predictions) =>
        ((NumberColumn)predictions.Find(PredictionName)!).Values.Count(value => !double.IsFinite(value)) is var empty and > 0
            ? $"; {empty} are empty, because a value of their row is too large"
            : "";
}

/// <summary>What was predicted, what had to be made up for it, and the squared errors of the rows that have a target.</summary>
internal sealed record Predicted(Table Table, InputReport Inputs, IReadOnlyList<double> SquaredErrors, PredictionInterval? Interval);

/// <summary>What a person should know of predictions besides the predictions.</summary>
internal static class PredictionText
{
    public static IEnumerable<string> Lines(Predicted predicted, StoredModel model)
    {
        var metadata = model.Metadata;
        var said = predicted.Inputs.Warnings().Select(warning => "warning: " + warning);
        foreach (var line in Notes(predicted, model).Select(note => "note: " + note).Concat(said))
        {
            yield return line;
        }

        if (predicted.SquaredErrors.Count == 0) yield break;

        yield return Invariant($"loss over {predicted.SquaredErrors.Count} rows with a target: ")
            + StudyText.Loss(predicted.SquaredErrors.Average());
        if (metadata.Metrics?.TryGetValue("validation_loss", out var best) == true)
        {
            var loss = metadata.Metrics.GetValueOrDefault("ensemble_loss", best);
            yield return Invariant($"      the study, on its own {metadata.Data?.ValidationRows} validation rows: this model ")
                + $"{StudyText.Loss(loss)}, {StudyText.Baselines(metadata.Baselines ?? [])}";
            yield return "      These are other rows than yours, unless you predict for them again: compare with care.";
        }
    }

    /// <summary>The same on one line for a program.</summary>
    public static string Json(Predicted predicted, StoredModel model, string path) => JsonSerializer.Serialize(
        new
        {
            Rows = predicted.Table.Rows,
            model.Preparation.Target,
            model.Preparation.Ahead,
            Out = path,
            Notes = Notes(predicted, model).Select(PrintableText.Of),
            IntervalLevel = predicted.Interval?.Level,
            IntervalHalfWidth = predicted.Interval?.HalfWidth,
            Warnings = predicted.Inputs.Warnings().Select(PrintableText.Of),
            RowsWithTarget = predicted.SquaredErrors.Count,
            Loss = predicted.SquaredErrors.Count == 0 ? (double?)null : predicted.SquaredErrors.Average(),
        },
        StudyOutput.Json);

    // What holds for every prediction.
    private static IEnumerable<string> Notes(Predicted predicted, StoredModel model)
    {
        if (Ahead(model.Preparation) is { } ahead) yield return ahead;
        if (model.Metadata.Verdict is { } verdict && verdict.Word != StudyVerdict.Better)
        {
            yield return $"what the study showed of this model: {verdict.Sentence}";
            if (BestBaseline(predicted.Table, model) is { } best) yield return best;
        }

        if (predicted.Interval is not { } interval) yield break;
        yield return interval.Text
            + (predicted.SquaredErrors.Count == 0 ? "" : $"; {interval.Covered(predicted.SquaredErrors)}");
    }

    // Where a model is not shown to be better, the best baseline is at hand.
    private static string? BestBaseline(Table predictions, StoredModel model)
    {
        if (!model.HasBaselines) return null;
        var verdict = model.Metadata.Verdict!;
        var best = Baseline.Find(verdict.WalkForward?.BestBaseline ?? verdict.BestBaseline);
        var name = PredictCommand.BaselineName + best.Name;
        if (predictions.Find(name) is not NumberColumn column)
        {
            return $"the best baseline is {best.Phrase}; --forecasts writes what it forecasts beside each prediction ({name}).";
        }

        var empty = column.Values.Count(double.IsNaN);
        return $"the best baseline is {best.Phrase}; its forecasts are in the column {name}"
            + (empty == 0 ? "." : Invariant($", empty in {empty} rows: the table lacks the earlier targets that it is made of."));
    }

    // What a person who reads the dates beside the predictions would take for the wrong date.
    private static string? Ahead(FittedPreprocessor fitted)
    {
        if (fitted.Ahead == 0) return null;
        var unit = fitted.GroupColumns is null ? "row" : "date";
        var units = fitted.Ahead == 1 ? unit : unit + "s";
        return Invariant($"each prediction is of '{fitted.Target}' {fitted.Ahead} {units} later than its row")
            + $"{(fitted.GroupColumns is null ? "" : ", in the row's group")}, because the study used --ahead {fitted.Ahead}; "
            + $"the column '{fitted.Target}' beside it is of the row itself.";
    }
}
