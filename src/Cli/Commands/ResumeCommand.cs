using System.CommandLine;
using MacroCausal.Cli.Embedded;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal resume</c>: resumes a study that was stopped or killed.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var executionId = new Option<string>("--execution-id") { Description = "Id of the study", Required = true };
        var (workers, device, store, json) = (CommonOptions.Workers(), CommonOptions.Device(), CommonOptions.Store(), CommonOptions.Json());
        var aws = new Option<bool>("--aws")
        {
            Description = "Send the request to the services on AWS, instead of resuming here; only --execution-id matters then",
        };
        var command = new Command("resume", "Resume a study that was stopped or killed") { executionId, aws, workers, device, store, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(executionId);
            if (parsed.GetValue(aws)) return RequestOnAwsAsync(id, parsed.InvocationConfiguration.Output, cancellationToken);

            var chosen = CommonOptions.DeviceOf(parsed, device);
            var request = new StudyRequest<ResumeTraining>(
                id, QueueNames.Study, new ResumeTraining { ExecutionId = id }, CommonOptions.WorkersOf(parsed, workers, chosen), chosen);
            var output = new StudyOutput(parsed.GetValue(json), parsed.InvocationConfiguration);
            var (said, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var lines = new StudiesOutput(parsed.GetValue(json), said, errors);
            return RunAsync(CommonOptions.StoreOf(parsed, store), request, output, lines, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        EmbeddedStore store, StudyRequest<ResumeTraining> request, StudyOutput output, StudiesOutput lines,
        CancellationToken cancellationToken)
    {
        StudySettings settings;
        using (var stores = StudyStores.Open(store))
        {
            var study = StudyDocument.Read(await stores.FindAsync(request.ExecutionId, cancellationToken));
            if (study is { PausedAt: not null, IsActive: true } && IsRunning(store, request.ExecutionId))
            {
                return await new StudyPause(stores, lines).ResumeThereAsync(request.ExecutionId, cancellationToken);
            }

            settings = study.Settings;
        }

        using var running = StudyLock.Take(store, request.ExecutionId);
        var view = output.View(settings.Trials, settings.MaxEpochs);
        var outcome = await StudyRun.RunToCompletionAsync(store, request, view, cancellationToken);
        return output.End(request.ExecutionId, outcome, store);
    }

    private static bool IsRunning(EmbeddedStore store, string executionId)
    {
        using var running = StudyLock.TryTake(store, executionId);
        return running is null;
    }

    // What the Tuner on AWS does then depends on the study's state.
    private static async Task<int> RequestOnAwsAsync(string executionId, TextWriter output, CancellationToken cancellationToken)
    {
        using var stores = StudyStores.OpenAws();
        var record = await stores.FindAsync(executionId, cancellationToken);
        await AwsHost.SendOnceAsync(stores.Aws!, QueueNames.Study, new ResumeTraining { ExecutionId = executionId }, cancellationToken);
        output.WriteSentence(
            $"asked for {executionId}, which is {record.State}; follow it with: {Invocation.Of("watch", "--execution-id", executionId)}");
        return ExitCodes.Done;
    }
}
