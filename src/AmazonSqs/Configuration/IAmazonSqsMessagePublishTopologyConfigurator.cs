namespace MassTransit;

/// <summary>Configures how a message type is published.</summary>
public interface IAmazonSqsMessagePublishTopologyConfigurator<TMessage> : IMessagePublishTopologyConfigurator<TMessage>, IAmazonSqsTopicConfigurator
    where TMessage : class;
