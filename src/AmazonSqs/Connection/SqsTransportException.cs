using MassTransit;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>An endpoint cannot work with SQS or SNS. Where the reason is one that waiting does not change (credentials, permissions), the bus fails to start instead of trying on.</summary>
internal sealed class SqsTransportException(string message, Exception innerException)
    : ConnectionException($"{message} {innerException.Message}", innerException, isTransient: !AwsErrors.IsDenied(innerException));
