using System.CommandLine;
using MacroCausal.Cli.Aws;
using MacroCausal.Cli.Embedded;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal resume</c>: goes on with a study that was stopped or killed.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var executionId = new Option<string>("--execution-id") { Description = "Id of the study", Required = true };
        var (workers, device, store, json) = (CommonOptions.Workers(), CommonOptions.Device(), CommonOptions.Store(), CommonOptions.Json());
        var aws = new Option<bool>("--aws") { Description = "Ask the services on AWS to go on with it, instead of going on here; only --execution-id matters then" };
        var command = new Command("resume", "Go on with a study that was stopped or killed") { executionId, aws, workers, device, store, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(executionId);
            if (parsed.GetValue(aws))
                return AskAsync(id, cancellationToken);

            var on = CommonOptions.DeviceOf(parsed, device);
            var request = new StudyRequest<ResumeTraining>(
                id, QueueNames.Study, new ResumeTraining { ExecutionId = id }, CommonOptions.WorkersOf(parsed, workers, on), on);
            return RunAsync(CommonOptions.StoreOf(parsed, store), request, new StudyOutput(parsed.GetValue(json), Console.Out, Console.Error), cancellationToken);
        });
        return command;
    }

    private static async Task<int> AskAsync(string executionId, CancellationToken cancellationToken)
    {
        await AwsResume.AskAsync(executionId, cancellationToken).ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(
        EmbeddedStore store, StudyRequest<ResumeTraining> request, StudyOutput output, CancellationToken cancellationToken)
    {
        var settings = await SettingsAsync(store, request.ExecutionId, cancellationToken).ConfigureAwait(false);
        using var running = StudyLock.Take(store, request.ExecutionId);
        var view = output.View(settings.Trials, settings.MaxEpochs);
        var outcome = await StudyRun.ToTheEndAsync(store, request, view, cancellationToken).ConfigureAwait(false);
        return output.End(request.ExecutionId, outcome, store);
    }

    private static async Task<StudySettings> SettingsAsync(EmbeddedStore store, string executionId, CancellationToken cancellationToken)
    {
        using var stores = EmbeddedStores.OpenExisting(store);
        return await stores.Studies.FindStudyAsync(executionId, cancellationToken).ConfigureAwait(false) is { } study
            ? StudyDocument.Read(study).Settings
            : throw new BadInputException($"There is no study '{executionId}' in '{store.Directory}'; check --execution-id, or begin it with 'macrocausal train'.");
    }
}
