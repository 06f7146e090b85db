using Amazon.Runtime;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Sns;
using MassTransit.Transports;

namespace MassTransit;

/// <summary>
/// Configures where the queues and topics are, and who calls. Whatever is left out comes the standard way of the AWS SDK: environment, shared configuration file, web
/// identity, instance or container role.
/// </summary>
public interface IAmazonSqsHostConfigurator
{
    /// <summary>Sets the access key; to be used with <see cref="SecretKey"/>.</summary>
    void AccessKey(string accessKey);

    /// <summary>Sets the secret key; to be used with <see cref="AccessKey"/>.</summary>
    void SecretKey(string secretKey);

    /// <summary>Sets the credentials. Default: the SDK's credentials chain.</summary>
    void Credentials(AWSCredentials credentials);

    /// <summary>
    /// Sets a scope, which shows in the addresses of queues. Names of queues are scoped by an endpoint name formatter with a prefix; names of topics by
    /// <paramref name="scopeTopics"/>: then they begin with the scope and <c>_</c>.
    /// </summary>
    void Scope(string scope, bool scopeTopics = false);

    /// <summary>Makes the names of topics begin with the scope.</summary>
    void EnableScopedTopics();

    /// <summary>Replaces the SQS client's settings.</summary>
    void Config(AmazonSQSConfig config);

    /// <summary>Replaces the SNS client's settings.</summary>
    void Config(SnsConfig config);

    /// <summary>Decides which headers become attributes of a message. Default: all that are text.</summary>
    void AllowTransportHeader(AllowTransportHeader? allowTransportHeader);
}
