using System.CommandLine;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal predict</c>: a model's answers for the rows of a table.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "Model: its folder's address (s3://artifacts/models/ID/ in the store, or a path), or its id", Required = true };
        var data = new Option<string>("--data") { Description = "Table to predict for, .parquet or .csv; the target may be absent", Required = true };
        var output = new Option<string>("--out") { Description = "Parquet file to write: date, prediction, and the target where there is one", Required = true };
        var store = CommonOptions.Store();
        var command = new Command("predict", "Predict the target for the rows of a table") { model, data, output, store };
        command.SetAction((parsed, cancellationToken) => Predict.RunAsync(
            CommonOptions.StoreOf(parsed, store),
            parsed.GetRequiredValue(model),
            parsed.GetRequiredValue(data),
            parsed.GetRequiredValue(output),
            cancellationToken));
        return command;
    }
}
