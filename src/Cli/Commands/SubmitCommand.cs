using System.CommandLine;
using MacroCausal.Cli.Aws;
using MacroCausal.Hosting.Settings;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal submit</c>: asks the services on AWS for a study.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var study = new StudyOptions();
        var command = new Command("submit", "Ask the services on AWS for a study; its gold table must be in the gold bucket");
        study.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(study.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(StartTraining message, CancellationToken cancellationToken)
    {
        var environment = PipelineEnvironment.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        var start = message with
        {
            ExecutionId = message.ExecutionId ?? environment.ExecutionId,
            GoldBucket = environment.GoldBucket,
            ArtifactsBucket = environment.ArtifactsBucket,
            ModelRegistryTable = environment.ModelRegistryTable,
        };
        if (ExecutionIds.Refusal(start.ExecutionId) is { } refusal)
        {
            throw new BadInputException(refusal);
        }

        using var host = AwsBus.Build(null);
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        var queue = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(QueueNames.StartTraining)).ConfigureAwait(false);
        await queue.Send(start, cancellationToken).ConfigureAwait(false);
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"submitted {start.ExecutionId}; follow it with: macrocausal watch --execution-id {start.ExecutionId}").ConfigureAwait(false);
        return ExitCodes.Done;
    }
}
