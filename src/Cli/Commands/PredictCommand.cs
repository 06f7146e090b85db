using System.CommandLine;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Tables;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal predict</c>: a model's predictions for the rows of a table.</summary>
internal static class PredictCommand
{
    private const string PredictionName = "prediction";

    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "Model: its folder's address (s3://artifacts/models/ID/ in the store, or a path), or its id",
            Required = true,
        };
        var data = new Option<string>("--data")
        {
            Description = "Table to predict for, .parquet or .csv; the target may be absent",
            Required = true,
        };
        var output = new Option<string>("--out")
        {
            Description = "Parquet file to write: date, prediction, and the target where there is one",
            Required = true,
        };
        var store = CommonOptions.Store();
        var command = new Command("predict", "Predict the target for the rows of a table") { model, data, output, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(output);
            InputTable.CheckOutput(path);
            var (place, name) = (CommonOptions.StoreOf(parsed, store), parsed.GetRequiredValue(model));
            var folder = await ModelFolder.FindAsync(place, name, cancellationToken);
            var stored = await StoredModel.ReadAsync(folder, cancellationToken);
            var table = await InputTable.ReadAsync(parsed.GetRequiredValue(data), cancellationToken);
            var predictions = Predict(table, stored);
            await InputTable.WriteAsync(predictions, path, cancellationToken);
            var done = $"{predictions.Rows} predictions of '{stored.Preparation.Target}' written to {path}{Empty(predictions)}";
            await parsed.InvocationConfiguration.Output.WriteLineAsync(done);
            return ExitCodes.Done;
        });
        return command;
    }

    // Prepared as the model's training rows were, and scaled back to the target's unit.
    private static Table Predict(Table table, StoredModel model)
    {
        try
        {
            var preparation = model.Preparation;
            using var predictor = new Predictor(model.Network);
            var scaled = predictor.Predict(preparation.Apply(table).Features);
            var predictions = new NumberColumn(
                PredictionName, [.. scaled.Select(value => preparation.TargetMean + (preparation.TargetScale * value))]);
            var date = preparation.DateColumn is { } name ? table.Find(name) : null;
            var columns = new[] { date, predictions, table.Find(preparation.Target) };
            return new Table([.. columns.OfType<Column>().DistinctBy(column => column.Name)]);
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
