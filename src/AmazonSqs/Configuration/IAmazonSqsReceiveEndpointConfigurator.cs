namespace MassTransit;

/// <summary>Configures an endpoint that receives from a queue of SQS.</summary>
public interface IAmazonSqsReceiveEndpointConfigurator : IReceiveEndpointConfigurator, IAmazonSqsQueueEndpointConfigurator
{
    /// <summary>How many seconds a message stays hidden after its consumer failed for good and it could not be moved. 0 to 43,200, default 1.</summary>
    int RedeliverVisibilityTimeout { set; }

    /// <summary>How long a message may be held altogether. At most 12 hours (longer is taken for 12 hours), which is the default.</summary>
    TimeSpan MaxVisibilityTimeout { set; }

    /// <summary>The most seconds that one renewal of a message's visibility asks for. 60 to 43,200 (less is taken for 60), default 60.</summary>
    int MaxVisibilityTimeoutRenewal { set; }

    /// <summary>Subscribes the queue to the topic of a message type.</summary>
    void Subscribe<T>()
        where T : class;

    /// <summary>Subscribes the queue to a topic by its name.</summary>
    void Subscribe(string topicName);
}
