using System.CommandLine;
using MacroCausal.Dashboard.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal studies</c>: what is on record of studies.</summary>
internal static class StudiesCommand
{
    private const int MaxConcurrentReads = 16;

    public static Command Create() => new("studies", "List, show, pause, cancel and delete studies")
    {
        CreateList(),
        CreateShow(),
        CreatePause(),
        CreateCancel(),
        CreateDelete(),
    };

    /// <summary>The id of a study, as every command of <c>studies</c> takes it.</summary>
    internal static Argument<string> StudyArgument() => new("study") { Description = "Execution id of the study" };

    private static Command CreateList()
    {
        var state = new Option<string?>("--state") { Description = "Only studies in this state, as Searching" };
        var limit = CommonOptions.Number<int>("--limit", "Maximum number of studies, the latest first");
        var (aws, store, json) = (StudyStores.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("list", "List studies, latest first") { state, limit, aws, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var max = parsed.GetValue(limit) ?? int.MaxValue;
            if (max < 1) throw new BadInputException($"--limit is {max}; it must be 1 or more.");

            using var stores = StudyStores.Open(parsed, aws, store);
            var wanted = parsed.GetValue(state);
            var records = await stores.Studies.ListStudiesAsync(cancellationToken)
                .Where(study => !WalkForwardFold.IsFoldId(study.ExecutionId))
                .Where(study => wanted is null || string.Equals(study.State, wanted, StringComparison.OrdinalIgnoreCase))
                .Take(max).ToListAsync(cancellationToken);
            OutputOf(parsed, json).List(await SummariesAsync(records, stores.Studies, cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var (study, aws, store, json) = (StudyArgument(), StudyStores.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("show", "Show all that is known of a study") { study, aws, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = StudyStores.Open(parsed, aws, store);
            var record = await stores.FindAsync(parsed.GetRequiredValue(study), cancellationToken);
            var details = await StudyDetails.OfAsync(record, stores.Studies, cancellationToken);
            var artifacts = details.Study.Completed is { } completed ? stores.PathOf(completed.ModelUri.TrimEnd('/')) : null;
            OutputOf(parsed, json).Show(details, artifacts);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreatePause()
    {
        var (study, aws, store, json) = (StudyArgument(), StudyStores.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("pause", "Start no more segments of a study, until 'macrocausal resume'; those that run are finished")
        {
            study, aws, store, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = StudyStores.Open(parsed, aws, store);
            return await new StudyPause(stores, OutputOf(parsed, json)).PauseAsync(parsed.GetRequiredValue(study), cancellationToken);
        });
        return command;
    }

    private static Command CreateCancel()
    {
        var registerBest = new Option<bool>("--register-best") { Description = "Register the best model so far, where there is one" };
        var (study, aws, store, json) = (StudyArgument(), StudyStores.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("cancel", "End a study before its time; 'macrocausal resume' takes it up again where it stopped")
        {
            study, registerBest, aws, store, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = StudyStores.Open(parsed, aws, store);
            var message = new CancelTraining { ExecutionId = parsed.GetRequiredValue(study), RegisterBest = parsed.GetValue(registerBest) };
            return await new StudyCancel(stores, OutputOf(parsed, json)).RunAsync(message, cancellationToken);
        });
        return command;
    }

    private static Command CreateDelete()
    {
        var withModel = new Option<bool>("--with-model") { Description = "Delete its registered model and the model's artifacts too" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var (study, aws, store, json) = (StudyArgument(), StudyStores.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("delete", "Delete the records, data and checkpoints of a study that is over")
        {
            study, withModel, yes, aws, store, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Confirmation.Check(parsed.GetValue(yes), "add --yes");
            using var stores = StudyStores.Open(parsed, aws, store);
            var delete = new StudyDelete(stores, OutputOf(parsed, json), parsed.GetValue(withModel), parsed.GetValue(yes));
            return await delete.RunAsync(parsed.GetRequiredValue(study), cancellationToken);
        });
        return command;
    }

    private static StudiesOutput OutputOf(ParseResult parsed, Option<bool> json) =>
        new(parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

    private static async Task<IReadOnlyList<StudySummary>> SummariesAsync(
        List<StudyRecord> records, IStudyStore studies, CancellationToken cancellationToken)
    {
        var summaries = new StudySummary[records.Count];
        await Parallel.ForAsync(
            0,
            records.Count,
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentReads, CancellationToken = cancellationToken },
            async (index, token) => summaries[index] = await StudySummary.OfAsync(records[index], studies, token));
        return summaries;
    }
}
