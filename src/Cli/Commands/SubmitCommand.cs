using System.CommandLine;
using MacroCausal.Hosting;
using Microsoft.Extensions.Configuration;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal submit</c>: asks the services on AWS for a study.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var study = new StudyOptions();
        var command = new Command("submit", "Ask the services on AWS for a study; its gold table must be in the gold bucket");
        study.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(study.Read(parsed), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(StartTraining message, TextWriter output, CancellationToken cancellationToken)
    {
        var environment = PipelineOptions.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        var start = message with
        {
            ExecutionId = message.ExecutionId ?? environment.ExecutionId,
            GoldBucket = environment.GoldBucket,
            ArtifactsBucket = environment.ArtifactsBucket,
            ModelRegistryTable = environment.ModelRegistryTable,
        };
        if (ExecutionIds.Refusal(start.ExecutionId) is { } refusal) throw new BadInputException(refusal);

        using var host = AwsHost.Build(null);
        await AwsHost.SendAsync(host, QueueNames.StartTraining, start, cancellationToken);
        await output.WriteLineAsync($"submitted {start.ExecutionId}; follow it with: macrocausal watch --execution-id {start.ExecutionId}");
        return ExitCodes.Done;
    }
}
