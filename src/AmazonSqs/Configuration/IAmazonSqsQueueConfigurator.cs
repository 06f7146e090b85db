namespace MassTransit;

/// <summary>Configures a queue of SQS.</summary>
public interface IAmazonSqsQueueConfigurator
{
    /// <summary>Whether the queue outlives its endpoint; it only shows in the queue's address. Default: true, but for temporary endpoints.</summary>
    bool Durable { set; }

    /// <summary>Whether the queue and its subscriptions are deleted when the endpoint stops. Default: false, but for temporary endpoints.</summary>
    bool AutoDelete { set; }

    /// <summary>Attributes of the queue as SQS names them (<c>VisibilityTimeout</c>, <c>KmsMasterKeyId</c> ...). An existing queue is changed where it differs.</summary>
    IDictionary<string, object> QueueAttributes { get; }

    /// <summary>Attributes of the queue's subscriptions as SNS names them. Default: <c>RawMessageDelivery=true</c>.</summary>
    IDictionary<string, object> QueueSubscriptionAttributes { get; }

    /// <summary>Tags for the queue when it is created.</summary>
    IDictionary<string, string> QueueTags { get; }
}
