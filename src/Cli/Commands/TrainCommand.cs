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
        command.SetAction((parsed, cancellationToken) =>
        {
            var on = CommonOptions.DeviceOf(parsed, device);
            var atOnce = CommonOptions.WorkersOf(parsed, workers, on);
            var request = new TrainRequest
            {
                Data = parsed.GetValue(data),
                Store = CommonOptions.StoreOf(parsed, store),
                Workers = atOnce,
                Device = on,
                Message = study.Read(parsed) with { Parallelism = atOnce },
            };
            return Train.RunAsync(request, new StudyOutput(parsed.GetValue(json), Console.Out, Console.Error), cancellationToken);
        });
        return command;
    }
}
