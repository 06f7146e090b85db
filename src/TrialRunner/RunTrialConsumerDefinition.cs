using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>
/// The queue <see cref="QueueNames.RunTrial"/>: as many segments at once as there are workers, and none fetched ahead, so that the queue's depth is the work that waits. No outbox:
/// an epoch is reported when it is done, not when the segment is. No retry: the Tuner decides about attempts.
/// </summary>
internal sealed class RunTrialConsumerDefinition : ConsumerDefinition<RunTrialConsumer>
{
    private readonly int _workers;

    public RunTrialConsumerDefinition(IOptions<TrialRunnerOptions> options)
    {
        _workers = options.Value.Workers;
        EndpointName = QueueNames.RunTrial;
        ConcurrentMessageLimit = _workers;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<RunTrialConsumer> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = _workers;
        endpointConfigurator.ConfigureError(error =>
        {
            error.UseFilter(new HandBackFilter());
            error.UseFilter(new GenerateFaultFilter());
            error.UseFilter(new ErrorTransportFilter());
        });
    }
}
