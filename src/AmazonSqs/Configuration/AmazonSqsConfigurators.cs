namespace MassTransit;

/// <summary>Configures a bus on Amazon SQS and SNS.</summary>
public interface IAmazonSqsBusFactoryConfigurator
    : IBusFactoryConfigurator<IAmazonSqsReceiveEndpointConfigurator>, IAmazonSqsQueueEndpointConfigurator
{
    /// <summary>Sets the region and credentials of the bus's queues and topics.</summary>
    void Host(AmazonSqsHostSettings settings);

    /// <summary>Configures the topic that a message type is published to.</summary>
    void Publish<T>(Action<IAmazonSqsMessagePublishTopologyConfigurator<T>>? configureTopology = null)
        where T : class;

    /// <summary>
    /// Names the bus's own queue, which receives responses to requests. No receive endpoint may use it. Default:
    /// <c>{machine}_{process}_bus_{id}</c>, deleted when the bus stops.
    /// </summary>
    void OverrideDefaultBusEndpointQueueName(string value);
}

/// <summary>Configures an endpoint that receives from a queue of SQS.</summary>
public interface IAmazonSqsReceiveEndpointConfigurator : IReceiveEndpointConfigurator, IAmazonSqsQueueEndpointConfigurator
{
    /// <summary>
    /// How many seconds a message stays hidden after its consumer failed permanently and the message could not be moved. 0 to 43,200,
    /// default 1.
    /// </summary>
    int RedeliverVisibilityTimeout { set; }

    /// <summary>The maximum time that a message is held altogether. At most 12 hours (more counts as 12 hours), default 12 hours.</summary>
    TimeSpan MaxVisibilityTimeout { set; }

    /// <summary>
    /// The maximum number of seconds that one renewal of a message's visibility asks for. 60 to 43,200 (less counts as 60), default 60.
    /// </summary>
    int MaxVisibilityTimeoutRenewal { set; }

    /// <summary>Subscribes the queue to the topic of a message type.</summary>
    void Subscribe<T>()
        where T : class;

    /// <summary>Subscribes the queue to a topic by its name.</summary>
    void Subscribe(string topicName);
}

/// <summary>Configures how an endpoint receives from its queue.</summary>
public interface IAmazonSqsQueueEndpointConfigurator : IAmazonSqsQueueConfigurator
{
    /// <summary>The maximum number of seconds that a poll waits for messages. 0 to 20, default 3.</summary>
    ushort WaitTimeSeconds { set; }

    /// <summary>Whether the queue is emptied before the first message is received. Default: false.</summary>
    bool PurgeOnStartup { set; }
}

/// <summary>Configures a queue of SQS.</summary>
public interface IAmazonSqsQueueConfigurator
{
    /// <summary>
    /// Whether the queue outlives its endpoint; it only appears in the queue's address. Default: true, for temporary endpoints false.
    /// </summary>
    bool Durable { set; }

    /// <summary>
    /// Whether the queue and its subscriptions are deleted when the endpoint stops. Default: false, for temporary endpoints true.
    /// </summary>
    bool AutoDelete { set; }

    /// <summary>
    /// Attributes of the queue as SQS names them (<c>VisibilityTimeout</c>, <c>KmsMasterKeyId</c> ...). An existing queue is changed where
    /// it differs.
    /// </summary>
    IDictionary<string, object> QueueAttributes { get; }

    /// <summary>Attributes of the queue's subscriptions as SNS names them. Default: <c>RawMessageDelivery=true</c>.</summary>
    IDictionary<string, object> QueueSubscriptionAttributes { get; }

    /// <summary>Tags for the queue when it is created.</summary>
    IDictionary<string, string> QueueTags { get; }
}

/// <summary>Configures how a message type is published.</summary>
public interface IAmazonSqsMessagePublishTopologyConfigurator<TMessage>
    : IMessagePublishTopologyConfigurator<TMessage>, IAmazonSqsTopicConfigurator
    where TMessage : class;

/// <summary>Configures a topic of SNS.</summary>
public interface IAmazonSqsTopicConfigurator
{
    /// <summary>Attributes of the topic as SNS names them (<c>KmsMasterKeyId</c> ...).</summary>
    IDictionary<string, object> TopicAttributes { get; }

    /// <summary>Tags for the topic when it is created.</summary>
    IDictionary<string, string> TopicTags { get; }
}
