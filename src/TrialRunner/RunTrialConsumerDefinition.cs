using System.Runtime.ExceptionServices;
using MacroCausal.Hosting;
using MassTransit;

namespace MacroCausal.TrialRunner;

/// <summary>
/// The queue <see cref="QueueNames.RunTrial"/>: as many messages at once as there may be concurrent segments, and none fetched ahead, so
/// that the queue's depth is the work that waits. Each is acknowledged when its segment is done, whatever group it is trained in. No
/// outbox: an epoch is reported when it is done, not when the segment is. No retry: the Tuner decides about attempts.
/// </summary>
internal sealed class RunTrialConsumerDefinition : ConsumerDefinition<RunTrialConsumer>
{
    private readonly int _maxConcurrentSegments;

    public RunTrialConsumerDefinition(TrainingConcurrency concurrency)
    {
        _maxConcurrentSegments = concurrency.MaxConcurrentSegments;
        EndpointName = QueueNames.RunTrial;
        ConcurrentMessageLimit = _maxConcurrentSegments;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RunTrialConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = _maxConcurrentSegments;
        endpointConfigurator.GiveBackUnserved(
            exception => GiveBackFilter.IsOfBus(exception) ? TimeSpan.MaxValue : null, new HandBackFilter());
    }
}

/// <summary>
/// Gives back to the transport a segment that was interrupted, or that failed by no fault of its own. MassTransit takes a consumer that
/// cancels by a token of its own for a faulty one, and would move the message to the error queue, where nobody goes on with it.
/// </summary>
internal sealed class HandBackFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is SegmentHandedBackException
            || context.Exception.GetBaseException() is OperationCanceledException or ConsumerCanceledException)
        {
            ExceptionDispatchInfo.Throw(context.Exception);
        }

        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("handBack");
}
