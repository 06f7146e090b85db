namespace MassTransit;

/// <summary>Configures a topic of SNS.</summary>
public interface IAmazonSqsTopicConfigurator
{
    /// <summary>Attributes of the topic as SNS names them (<c>KmsMasterKeyId</c> ...).</summary>
    IDictionary<string, object> TopicAttributes { get; }

    /// <summary>Tags for the topic when it is created.</summary>
    IDictionary<string, string> TopicTags { get; }
}
