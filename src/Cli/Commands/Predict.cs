using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Tables;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Cli.Commands;

/// <summary>Prepares a table as the model's training rows were prepared, and asks the model.</summary>
internal static class Predict
{
    private const string PredictionName = "prediction";

    public static async Task<int> RunAsync(EmbeddedStore store, string model, string data, string output, CancellationToken cancellationToken)
    {
        var folder = await ModelFolder.FindAsync(store, model, cancellationToken).ConfigureAwait(false);
        var preparation = FittedPreparation.FromJson(await File.ReadAllBytesAsync(Artifact(folder, "scaler.json"), cancellationToken).ConfigureAwait(false));
        var table = await InputTable.ReadAsync(data, cancellationToken).ConfigureAwait(false);
        await using var weights = File.OpenRead(Artifact(folder, "model.safetensors"));
        using var predictor = new Predictor(TrainedModel.Read(weights));
        var predictions = Answers(table, preparation, predictor);
        await InputTable.WriteAsync(predictions, output, cancellationToken).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"{predictions.Rows} predictions of '{preparation.Target}' written to {output}").ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private static Table Answers(Table table, FittedPreparation preparation, Predictor predictor)
    {
        try
        {
            var scaled = predictor.Predict(preparation.Apply(table).Features);
            var answers = new NumberColumn(PredictionName, [.. scaled.Select(answer => preparation.TargetMean + (preparation.TargetScale * answer))]);
            var date = preparation.DateColumn is { } name ? table.Find(name) : null;
            return new Table([.. new[] { date, answers, table.Find(preparation.Target) }.OfType<Column>().DistinctBy(column => column.Name)]);
        }
        catch (DataRejectedException exception)
        {
            throw new BadInputException(string.Join(Environment.NewLine + "error: ", exception.Reasons));
        }
    }

    private static string Artifact(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw new BadInputException($"'{folder}' holds no {name}; check --model: it must be a folder that macrocausal wrote.");
    }
}
