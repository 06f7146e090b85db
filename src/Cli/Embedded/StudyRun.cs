using MacroCausal.Cli.Progress;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Embedded;

/// <summary>Runs one study in this process from a first message to its end.</summary>
internal static class StudyRun
{
    /// <summary>Starts the services, sends the message, and waits. Null where it was interrupted.</summary>
    public static async Task<StudyOutcome?> ToTheEndAsync<T>(
        EmbeddedStore store, StudyRequest<T> request, IStudyView view, CancellationToken cancellationToken)
        where T : class
    {
        var watch = new StudyWatch(request.ExecutionId, view);
        using var host = EmbeddedHost.Build(store, watch, request.Workers, request.Device);
        await host.StartAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(request.Queue)).ConfigureAwait(false);
            await endpoint.Send(request.Message, CancellationToken.None).ConfigureAwait(false);
            var outcome = await view.WhileAsync(watch.Outcome.WaitAsync(cancellationToken)).ConfigureAwait(false);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}

/// <summary>The message that sets a study going in this process.</summary>
/// <param name="ExecutionId">The study.</param>
/// <param name="Queue">Where the message goes.</param>
/// <param name="Message">The message.</param>
/// <param name="Workers">Segments that are trained at once.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>auto</c>.</param>
internal sealed record StudyRequest<T>(string ExecutionId, string Queue, T Message, int Workers, string Device)
    where T : class;
