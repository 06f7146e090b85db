using System.CommandLine;
using MacroCausal.Cli.Progress;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal watch</c>: follows a study on AWS through a queue of its own, gone with it.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var executionId = new Option<string>("--execution-id") { Description = "Id of the study", Required = true };
        var json = CommonOptions.Json();
        var command = new Command("watch", "Follow a study on AWS") { executionId, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(executionId),
            new StudyOutput(parsed.GetValue(json), parsed.InvocationConfiguration),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string executionId, StudyOutput output, CancellationToken cancellationToken)
    {
        var view = output.View(StudyDefaults.Trials, StudyDefaults.MaxEpochs);
        var watch = new StudyWatch(executionId, view);
        using var host = AwsHost.Build(watch);
        await host.StartAsync(cancellationToken);
        try
        {
            // The queue is there before the record is read, so an end in between is not missed.
            await RecordEndAsync(host, executionId, watch, cancellationToken);
            var outcome = await view.FollowAsync(watch.Outcome.WaitAsync(cancellationToken));
            return output.End(executionId, outcome);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return output.StopWatching(executionId);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task RecordEndAsync(IHost host, string executionId, StudyWatch watch, CancellationToken cancellationToken)
    {
        var record = await host.Services.GetRequiredService<IStudyStore>().FindStudyAsync(executionId, cancellationToken);
        StudyInstance? study = record is null ? null : StudyDocument.Read(record);
        if (study is { CurrentState: "Completed", Completed: { } completed })
        {
            watch.Record(completed);
        }
        else if (study is { CurrentState: "Failed", Failed: { } failed })
        {
            watch.Record(failed);
        }
    }
}
