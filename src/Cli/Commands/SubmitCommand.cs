using System.CommandLine;
using MacroCausal.Hosting;
using MacroCausal.Tuner.Settings;
using Microsoft.Extensions.Configuration;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal submit</c>: asks the services on AWS for a study.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var study = new StudyOptions(isForAws: true);
        var command = new Command("submit", "Ask the services on AWS for a study; its gold table must be in the gold bucket");
        study.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(study.Read(parsed), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(StartTraining message, TextWriter output, CancellationToken cancellationToken)
    {
        var start = Complete(message, PipelineOptions.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build()));

        // The Tuner may know the buckets and the table that this machine does not.
        var unknown = new PipelineOptions { GoldBucket = "?", ArtifactsBucket = "?", ModelRegistryTable = "?" };
        if (SettingsCheck.Check(start, unknown).Reasons is { Count: > 0 } reasons) throw new BadInputException(reasons);

        using var host = AwsHost.Build(null);
        await AwsHost.SendOnceAsync(host, QueueNames.StartTraining, start, cancellationToken);
        var watch = Invocation.Of("watch", "--execution-id", start.ExecutionId!);
        output.WriteSentence($"submitted {start.ExecutionId}; follow it with: {watch}");
        return ExitCodes.Done;
    }

    /// <summary>The message with what it leaves to the environment.</summary>
    internal static StartTraining Complete(StartTraining message, PipelineOptions environment) => message with
    {
        ExecutionId = message.ExecutionId ?? environment.ExecutionId,
        GoldBucket = message.GoldBucket ?? environment.GoldBucket,
        ArtifactsBucket = message.ArtifactsBucket ?? environment.ArtifactsBucket,
        ModelRegistryTable = message.ModelRegistryTable ?? environment.ModelRegistryTable,
    };
}
