using System.CommandLine;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Cli.Tables;
using MacroCausal.Tuner.Settings;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal train</c>: a study from a table to a registered model.</summary>
internal static class TrainCommand
{
    // Here a study takes seconds.
    private const int DefaultFolds = 4;

    private const double DefaultClip = 3;

    public static Command Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "The same as --data",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = new Option<string?>("--data")
        {
            Description = "Table to train on: .parquet, .csv, .tsv, .txt (these three also with .gz or .zst), or - for standard input; "
                + "default: the quarterly US figures that come with macrocausal",
        };
        var dashboard = new Option<int?>("--dashboard")
        {
            Description = "Show the study in a browser while it goes, and print the link; a value is the port [default: a free one]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var study = new StudyOptions(isForAws: false);
        var (workers, device, store, json) = (CommonOptions.Workers(), CommonOptions.Device(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("train", "Tune, train and register a model") { file, data };
        study.AddTo(command);
        command.Add(workers);
        command.Add(device);
        command.Add(store);
        command.Add(dashboard);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            var chosen = CommonOptions.DeviceOf(parsed, device);
            var segments = CommonOptions.WorkersOf(parsed, workers, chosen);
            var message = study.Read(parsed);
            var path = PathOf(parsed.GetValue(file), parsed.GetValue(data));
            var request = new TrainRequest
            {
                Data = path,
                Store = CommonOptions.StoreOf(parsed, store),
                Workers = segments,
                Device = chosen,
                DashboardPort = parsed.GetResult(dashboard) is null
                    ? null
                    : StoreDashboard.PortOf(parsed.GetValue(dashboard), dashboard.Name),
                Message = Completed(message, segments, InputTable.Describe(path)),
            };
            return RunAsync(request, new StudyOutput(parsed.GetValue(json), parsed.InvocationConfiguration), cancellationToken);
        });
        return command;
    }

    /// <summary>What is asked for, with what this command takes where nobody says.</summary>
    /// <param name="message">What is asked for.</param>
    /// <param name="workers">Maximum number of concurrent segments.</param>
    /// <param name="source">What people call the table.</param>
    public static StartTraining Completed(StartTraining message, int workers, string source) => message with
    {
        ExecutionId = message.ExecutionId ?? DefaultExecutionId(TimeProvider.System),
        Parallelism = message.Parallelism ?? workers,
        TemporalFeatures = message.TemporalFeatures ?? TemporalFeatures.Auto,
        Clip = message.Clip ?? DefaultClip,
        ResidualOf = message.ResidualOf ?? ResidualBaselines.Auto,
        WalkForward = message.WalkForward ?? DefaultFolds,
        DataSource = message.DataSource ?? source,
    };

    private static string? PathOf(string? file, string? data) => file is null || data is null
        ? file ?? data
        : throw new BadInputException($"The table is named twice, as '{file}' and as --data '{data}'; name it once.");

    // Whatever can be checked is, before anything is made on disk.
    private static async Task<int> RunAsync(TrainRequest request, StudyOutput output, CancellationToken cancellationToken)
    {
        var (settings, reasons) = SettingsCheck.Check(request.Message, EmbeddedStore.Pipeline);
        if (reasons.Count > 0) throw new BadInputException(reasons);

        await using var table = await InputTable.OpenAsParquetAsync(request.Data, cancellationToken);
        var trace = StoreTrace.Before(request.Store);
        var isKept = false;
        try
        {
            var view = output.View(settings.Trials, settings.MaxEpochs);
            var outcome = await TrainAsync(request, table, output.Say, view, cancellationToken);
            isKept = outcome.IsKept;
            return isKept || outcome.Ended is not null
                ? output.End(settings.ExecutionId, outcome.Ended, request.Store)
                : output.StopBeforeStudy(settings.ExecutionId);
        }
        finally
        {
            if (!isKept)
            {
                trace.Erase();
            }
        }
    }

    /// <summary>
    /// Puts the table where the gold table would be, sends StartTraining, and waits for the end. A study that never had usable data is
    /// taken back, with its table.
    /// </summary>
    public static async Task<(StudyOutcome? Ended, bool IsKept)> TrainAsync(
        TrainRequest request, Stream table, Action<string> say, IStudyView view, CancellationToken cancellationToken)
    {
        var executionId = request.Message.ExecutionId!;
        using var stores = EmbeddedStores.Open(request.Store);
        using var running = StudyLock.Take(request.Store, executionId);
        await RefuseKnownAsync(stores, request.Store, executionId, cancellationToken);
        await using var dashboard = request.DashboardPort is { } port
            ? await StoreDashboard.StartAsync(request.Store, port, starter: null, cancellationToken)
            : null;
        if (dashboard is not null)
        {
            say($"dashboard: {dashboard.LinkTo(executionId)}");
        }

        await stores.Objects.PutAsync(EmbeddedStore.GoldTable(executionId), table, cancellationToken);
        var study = new StudyRequest<StartTraining>(
            executionId, QueueNames.StartTraining, request.Message, request.Workers, request.Device);
        var outcome = InWordsOf(request, executionId, await StudyRun.RunToCompletionAsync(request.Store, study, view, cancellationToken));
        var record = await stores.Studies.FindStudyAsync(executionId, CancellationToken.None);
        if (record is not null && outcome?.Failed is not { InvalidInput: true }) return (outcome, true);

        if (record is not null) await stores.Studies.TryRemoveStudyAsync(record, CancellationToken.None);
        await stores.Objects.DeleteAsync(EmbeddedStore.GoldTable(executionId), CancellationToken.None);
        return (outcome, false);
    }

    // A person named a file; the address of its copy in the store says nothing to them.
    private static StudyOutcome? InWordsOf(TrainRequest request, string executionId, StudyOutcome? outcome)
    {
        if (outcome?.Failed is not { } failed || request.Data is not { } path) return outcome;
        var copy = EmbeddedStore.GoldTable(executionId);
        var reasons = failed.Reasons.Select(reason => reason.Replace(copy, InputTable.Quoted(path), StringComparison.Ordinal));
        return outcome with { Failed = failed with { Reasons = [.. reasons] } };
    }

    private static string DefaultExecutionId(TimeProvider time) => $"local-{time.GetUtcNow():yyyyMMdd-HHmmss-fff}";

    private static async Task RefuseKnownAsync(
        EmbeddedStores stores, EmbeddedStore store, string executionId, CancellationToken cancellationToken)
    {
        var known = await stores.Studies.FindStudyAsync(executionId, cancellationToken);
        string[] study = ["--execution-id", executionId, "--store", store.Directory];
        switch (known?.State)
        {
            case "Failed" when StudyDocument.Read(known).Cancelled is not null:
                throw new BadInputException(
                    $"The study '{executionId}' was cancelled; go on with '{Invocation.Of(["resume", .. study])}', "
                    + "or use another --execution-id.");
            case "Failed" when StudyDocument.Read(known).Data is not null:
                throw new BadInputException(
                    $"The study '{executionId}' failed; '{Invocation.Of(["resume", .. study])}' says why. "
                    + "Use another --execution-id to train with other settings.");
            case null or "Failed":
                // A registered model is never overwritten by another study's; better said now than after the search.
                if (await stores.Models.ListAsync(executionId: executionId, cancellationToken: cancellationToken)
                    .FirstOrDefaultAsync(cancellationToken) is { } registered)
                {
                    throw new BadInputException(
                        $"The model '{registered.ModelId}' of an earlier study '{executionId}', which was deleted, is registered; "
                        + "use another --execution-id.");
                }

                return;
            case "Completed":
                throw new BadInputException(
                    $"The study '{executionId}' is over and its model is registered; "
                    + $"see '{Invocation.Of("models", "show", executionId, "--store", store.Directory)}', or use another --execution-id.");
            default:
                throw new BadInputException(
                    $"The study '{executionId}' was begun and is not over; "
                    + $"go on with '{Invocation.Of(["resume", .. study])}', or use another --execution-id.");
        }
    }
}

/// <summary>What <c>train</c> is asked for.</summary>
internal sealed record TrainRequest
{
    /// <summary>Path of the table; null for the sample.</summary>
    public string? Data { get; init; }

    public required EmbeddedStore Store { get; init; }

    /// <summary>Maximum number of concurrent segments.</summary>
    public required int Workers { get; init; }

    public required string Device { get; init; }

    /// <summary>Port of the dashboard, 0 for a free one; null where there is to be none.</summary>
    public int? DashboardPort { get; init; }

    public required StartTraining Message { get; init; }
}
