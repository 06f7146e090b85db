using System.CommandLine;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal train</c>: a study from a table to a registered model.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "Table to train on, .parquet or .csv; default: the quarterly US figures that come with macrocausal" };
        var study = new StudyOptions();
        var (workers, device, store, json) = (CommonOptions.Workers(), CommonOptions.Device(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("train", "Tune, train and register a model") { data };
        study.AddTo(command);
        command.Add(workers);
        command.Add(device);
        command.Add(store);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => Train.RunAsync(
            new TrainRequest
            {
                Data = parsed.GetValue(data),
                Store = CommonOptions.StoreOf(parsed, store),
                Workers = CommonOptions.WorkersOf(parsed, workers),
                Device = CommonOptions.DeviceOf(parsed, device),
                Message = study.Read(parsed) with { Parallelism = CommonOptions.WorkersOf(parsed, workers) },
            },
            new StudyOutput(parsed.GetValue(json), Console.Out, Console.Error),
            cancellationToken));
        return command;
    }
}
