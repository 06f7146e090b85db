using System.CommandLine;
using System.Text;
using MacroCausal.Cli.Progress;
using MacroCausal.Hosting;
using MacroCausal.Tuner.Settings;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.Configuration;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// <c>macrocausal orchestrate</c>: a pipeline's stage. Asks the services on AWS for the study that the environment names, follows it, and
/// answers by the exit code how it ended. Started again with the same execution id, it follows the study that is there.
/// </summary>
internal static class OrchestrateCommand
{
    /// <summary>Environment variable: settings of the study as JSON, where no file is named.</summary>
    public const string Settings = "STUDY_SETTINGS";

    /// <summary>Environment variable: whether SIGTERM ends the study too.</summary>
    public const string CancelOnStop = "CANCEL_ON_STOP";

    public static Command Create()
    {
        var study = new StudyOptions(isForAws: true);
        var cancelOnStop = new Option<bool>("--cancel-on-stop")
        {
            Description = $"End the study too where this process is told to stop [default: {CancelOnStop}, else false]",
        };
        var wait = CommonOptions.Number<int>("--wait", "Seconds to wait for the study to be on record [default: 600]");
        var json = CommonOptions.Json();
        var command = new Command(
            "orchestrate", $"Ask the services on AWS for the study of EXECUTION_ID, by {Settings} or options, and follow it to its end");
        study.AddTo(command);
        command.Add(cancelOnStop);
        command.Add(wait);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            var message = study.Read(parsed, () => SettingsOf(environment));
            var (settings, reasons) = SettingsCheck.Check(message, PipelineOptions.Read(environment));
            if (reasons.Count > 0) throw new BadInputException(reasons);

            var stage = new PipelineStage
            {
                Start = SubmitCommand.Complete(message, PipelineOptions.Read(environment)),
                Settings = settings,
                Patience = CommonOptions.PatienceOf(parsed, wait, 600),
                CancelOnStop = parsed.GetValue(cancelOnStop) || IsTrue(environment, CancelOnStop),
                Output = new StudyOutput(parsed.GetValue(json), parsed.InvocationConfiguration),
            };
            return stage.RunAsync(cancellationToken);
        });
        return command;
    }

    private static IReadOnlyList<SettingsEntry> SettingsOf(IConfiguration environment) =>
        environment[Settings] is { Length: > 0 } json ? SettingsFile.Read(Settings, Encoding.UTF8.GetBytes(json)) : [];

    private static bool IsTrue(IConfiguration environment, string name) => environment[name] switch
    {
        null or "" => false,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw new BadInputException($"{name} is '{text}'; it must be true or false."),
    };
}

/// <summary>One study, from its request to its end.</summary>
internal sealed class PipelineStage
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // Within the time that ECS gives a task to stop.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(20);

    /// <summary>What is asked for.</summary>
    public required StartTraining Start { get; init; }

    /// <summary>The same, complete.</summary>
    public required StudySettings Settings { get; init; }

    /// <summary>How long there may be no record of the study.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>Whether the study ends with this process.</summary>
    public required bool CancelOnStop { get; init; }

    public required StudyOutput Output { get; init; }

    private string ExecutionId => Settings.ExecutionId;

    /// <summary>Runs to the study's end, and returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var view = Output.View(Settings.Trials, Settings.MaxEpochs);
        await using var follower = await StudyFollower.StartAsync(ExecutionId, view, cancellationToken);
        var isAskedFor = false;
        try
        {
            var (earlier, isThere) = await EarlierAsync(follower, cancellationToken);
            isAskedFor = true;
            if (!isThere) await SendAsync(follower, cancellationToken);
            return Output.End(ExecutionId, await follower.FollowAsync(earlier, Patience, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && isAskedFor)
        {
            if (!CancelOnStop) return Output.StopWatching(ExecutionId);

            await CancelAsync(follower);
            return Output.StopCancelling(ExecutionId);
        }
    }

    /// <summary>
    /// Whether the study is there, so that it need not be asked for. One that failed before it had data begins anew when it is asked for;
    /// then the version of the record that says so comes too.
    /// </summary>
    /// <exception cref="BadInputException">It is there with other settings; the Tuner would refuse it, and tell nobody.</exception>
    private async Task<(int? Earlier, bool IsThere)> EarlierAsync(StudyFollower follower, CancellationToken cancellationToken)
    {
        if (await follower.FindRecordAsync(cancellationToken) is not { } record) return (null, false);

        var study = StudyDocument.Read(record);
        if (study is { CurrentState: nameof(StudyStateMachine.Failed), Data: null, Cancelled: null }) return (record.Version, false);
        if (SettingsComparison.Refusal(study.Settings, Settings) is { } refusal) throw new BadInputException(refusal);

        Output.Say($"{ExecutionId} is there already: {record.State}");
        return (null, true);
    }

    private async Task SendAsync(StudyFollower follower, CancellationToken cancellationToken)
    {
        await follower.SendAsync(QueueNames.StartTraining, Start, cancellationToken);
        Output.Say($"submitted {ExecutionId}");
    }

    // A study that is not there yet does not hear that it is to end.
    private async Task CancelAsync(StudyFollower follower)
    {
        for (var waited = TimeSpan.Zero; waited < CancelPatience; waited += LookEvery)
        {
            if (await follower.FindRecordAsync(CancellationToken.None) is not null) break;
            await Task.Delay(LookEvery, CancellationToken.None);
        }

        await follower.SendAsync(QueueNames.Study, new CancelTraining { ExecutionId = ExecutionId }, CancellationToken.None);
    }
}
