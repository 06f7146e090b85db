using System.CommandLine;
using MacroCausal.Cli.Embedded;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal train</c>: a study from a table to a registered model.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "Table to train on, .parquet or .csv; default: the quarterly US figures that come with macrocausal" };
        var target = new Option<string?>("--target") { Description = "Column to predict [default: target]" };
        var executionId = new Option<string?>("--execution-id") { Description = "Id of the study [default: made of the time]" };
        var trials = CommonOptions.Number<int>("--trials", "Most trials [default: 20]");
        var maxEpochs = CommonOptions.Number<int>("--max-epochs", "Most epochs of a trial [default: 100]");
        var seed = CommonOptions.Number<long>("--seed", "Seed of everything random [default: 0]");
        var searchSpace = new Option<string?>("--search-space") { Description = "JSON file of hyperparameters that differ from the default space" };
        var (workers, device, store, json) = (CommonOptions.Workers(), CommonOptions.Device(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("train", "Tune, train and register a model")
        {
            data, target, executionId, trials, maxEpochs, seed, workers, device, store, searchSpace, json,
        };
        command.SetAction((parsed, cancellationToken) => Train.RunAsync(
            new TrainRequest
            {
                Data = parsed.GetValue(data),
                Store = CommonOptions.StoreOf(parsed, store),
                Workers = CommonOptions.WorkersOf(parsed, workers),
                Device = CommonOptions.DeviceOf(parsed, device),
                Message = new StartTraining
                {
                    ExecutionId = parsed.GetValue(executionId),
                    Target = parsed.GetValue(target),
                    Trials = parsed.GetValue(trials),
                    MaxEpochs = parsed.GetValue(maxEpochs),
                    Seed = parsed.GetValue(seed),
                    Parallelism = CommonOptions.WorkersOf(parsed, workers),
                    SearchSpace = SearchSpaceFile.Read(parsed.GetValue(searchSpace)),
                },
            },
            new StudyOutput(parsed.GetValue(json), Console.Out, Console.Error),
            cancellationToken));
        return command;
    }
}
