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
        InputTable.CheckOutput(output);
        var folder = await ModelFolder.FindAsync(store, model, cancellationToken).ConfigureAwait(false);
        var (preparation, network) = await StoredModel.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        var table = await InputTable.ReadAsync(data, cancellationToken).ConfigureAwait(false);
        using var predictor = new Predictor(network);
        var predictions = Answers(table, preparation, predictor);
        await InputTable.WriteAsync(predictions, output, cancellationToken).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"{predictions.Rows} predictions of '{preparation.Target}' written to {output}{Empty(predictions)}").ConfigureAwait(false);
        return ExitCodes.Done;
    }

    // A value too large for float32 has no answer.
    private static string Empty(Table predictions) =>
        ((NumberColumn)predictions.Find(PredictionName)!).Values.Count(answer => !double.IsFinite(answer)) is var empty and > 0
            ? $"; {empty} are empty, because a value of their row is too large"
            : "";

    private static Table Answers(Table table, FittedPreprocessor preparation, Predictor predictor)
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
            throw new BadInputException(exception.Reasons);
        }
    }
}
