using System.CommandLine;
using MacroCausal.Cli.Aws;
using MacroCausal.Cli.Progress;
using MacroCausal.Storage.Studies;
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
            parsed.GetRequiredValue(executionId), new StudyOutput(parsed.GetValue(json), Console.Out, Console.Error), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string executionId, StudyOutput output, CancellationToken cancellationToken)
    {
        var view = output.View(StudyDefaults.Trials, StudyDefaults.MaxEpochs);
        var watch = new StudyWatch(executionId, view);
        using var host = AwsBus.Build(watch);
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The queue is there before the record is read, so an end in between is not missed.
            await TellKnownAsync(host, executionId, watch, cancellationToken).ConfigureAwait(false);
            var outcome = await view.WhileAsync(watch.Outcome.WaitAsync(cancellationToken)).ConfigureAwait(false);
            return output.End(executionId, outcome);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task TellKnownAsync(IHost host, string executionId, StudyWatch watch, CancellationToken cancellationToken)
    {
        var record = await host.Services.GetRequiredService<IStudyStore>().FindStudyAsync(executionId, cancellationToken).ConfigureAwait(false);
        StudyInstance? study = record is null ? null : StudyDocument.Read(record);
        if (study is { CurrentState: "Completed", Completed: { } completed })
        {
            watch.See(completed);
        }
        else if (study is { CurrentState: "Failed", Failed: { } failed })
        {
            watch.See(failed);
        }
    }
}
