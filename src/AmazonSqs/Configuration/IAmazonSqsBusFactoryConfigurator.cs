namespace MassTransit;

/// <summary>Configures a bus on Amazon SQS and SNS.</summary>
public interface IAmazonSqsBusFactoryConfigurator : IBusFactoryConfigurator<IAmazonSqsReceiveEndpointConfigurator>, IAmazonSqsQueueEndpointConfigurator
{
    /// <summary>Sets where the bus's queues and topics are.</summary>
    void Host(AmazonSqsHostSettings settings);

    /// <summary>Configures the topic that a message type is published to.</summary>
    void Publish<T>(Action<IAmazonSqsMessagePublishTopologyConfigurator<T>>? configureTopology = null)
        where T : class;

    /// <summary>Names the queue of the bus itself, which answers to requests go to. It must be no receive endpoint's. Default: <c>{machine}_{process}_bus_{id}</c>, deleted at the end.</summary>
    void OverrideDefaultBusEndpointQueueName(string value);
}
