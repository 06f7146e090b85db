using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Aws;

/// <summary>Asks the Tuner on AWS to take up a study again; what it does then depends on the study's state.</summary>
internal static class AwsResume
{
    public static async Task AskAsync(string executionId, CancellationToken cancellationToken)
    {
        using var host = AwsBus.Build(null);
        var record = await host.Services.GetRequiredService<IStudyStore>().FindStudyAsync(executionId, cancellationToken).ConfigureAwait(false)
            ?? throw new BadInputException($"There is no study '{executionId}' in the study table; check --execution-id and STUDY_TABLE, or begin it with 'macrocausal submit'.");
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        var queue = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(QueueNames.Study)).ConfigureAwait(false);
        await queue.Send(new ResumeTraining { ExecutionId = executionId }, cancellationToken).ConfigureAwait(false);
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"asked for {executionId}, which is {record.State}; follow it with: macrocausal watch --execution-id {executionId}").ConfigureAwait(false);
    }
}
