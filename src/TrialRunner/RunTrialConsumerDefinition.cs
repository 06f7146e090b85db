using MassTransit;
using MassTransit.Middleware;

namespace MacroCausal.TrialRunner;

/// <summary>
/// The queue <see cref="QueueNames.RunTrial"/>: as many segments at once as the plan has in hand, and none fetched ahead, so that the queue's depth is the work that waits. Each is
/// acknowledged when it is done, whatever group it is trained in. No outbox: an epoch is reported when it is done, not when the segment is. No retry: the Tuner decides about attempts.
/// </summary>
internal sealed class RunTrialConsumerDefinition : ConsumerDefinition<RunTrialConsumer>
{
    private readonly int _inHand;

    public RunTrialConsumerDefinition(TrainingConcurrency plan)
    {
        _inHand = plan.InHand;
        EndpointName = QueueNames.RunTrial;
        ConcurrentMessageLimit = _inHand;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<RunTrialConsumer> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = _inHand;
        endpointConfigurator.ConfigureError(error =>
        {
            error.UseFilter(new ReleaseOnShutdownFilter());
            error.UseFilter(new GenerateFaultFilter());
            error.UseFilter(new ErrorTransportFilter());
        });
    }
}
