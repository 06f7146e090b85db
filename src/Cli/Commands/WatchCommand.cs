using System.CommandLine;
using MacroCausal.Cli.Progress;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal watch</c>: follows a study on AWS through a queue of its own, gone with it.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var executionId = new Option<string>("--execution-id") { Description = "Id of the study", Required = true };
        var wait = CommonOptions.Number<int>(
            "--wait", "Seconds to wait for a study that is not on record yet, as it was only just submitted [default: 15]");
        var json = CommonOptions.Json();
        var command = new Command("watch", "Follow a study on AWS") { executionId, wait, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var patience = CommonOptions.PatienceOf(parsed, wait, 15);
            var id = parsed.GetRequiredValue(executionId);
            var output = new StudyOutput(parsed.GetValue(json), parsed.InvocationConfiguration);
            try
            {
                return await RunAsync(await SettingsAsync(id, patience, cancellationToken), output, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return output.StopWatching(id);
            }
        });
        return command;
    }

    private static async Task<StudySettings> SettingsAsync(string executionId, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var stores = StudyStores.OpenAws();
        for (var waited = TimeSpan.Zero; waited < wait; waited += LookEvery)
        {
            if (await stores.Studies.FindStudyAsync(executionId, cancellationToken) is not null) break;
            await Task.Delay(LookEvery, cancellationToken);
        }

        return StudyDocument.Read(await stores.FindAsync(executionId, cancellationToken)).Settings;
    }

    private static async Task<int> RunAsync(StudySettings settings, StudyOutput output, CancellationToken cancellationToken)
    {
        var view = output.View(settings.Trials, settings.MaxEpochs);

        // The queue is there before the record is read, so an end in between is not missed.
        await using var follower = await StudyFollower.StartAsync(settings.ExecutionId, view, cancellationToken);
        return output.End(settings.ExecutionId, await follower.FollowAsync(earlier: null, patience: null, cancellationToken));
    }
}
