namespace MassTransit;

/// <summary>Configures how an endpoint receives from its queue.</summary>
public interface IAmazonSqsQueueEndpointConfigurator : IAmazonSqsQueueConfigurator
{
    /// <summary>How many seconds a poll waits for messages. 0 to 20, default 3.</summary>
    ushort WaitTimeSeconds { set; }

    /// <summary>Whether the queue is emptied before the first message is received. Default: false.</summary>
    bool PurgeOnStartup { set; }
}
