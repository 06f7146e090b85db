using System.Net;
using Amazon.Runtime;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sending;
using MassTransit;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>Classifies errors of SQS and SNS: transient, denied, or a lost message.</summary>
internal static class AwsErrors
{
    private static readonly string[] Throttling =
    [
        "Throttl", "TooManyRequests", "RequestLimitExceeded", "OverLimit", "SlowDown", "ServiceUnavailable", "InternalError",
    ];

    private static readonly string[] Denied =
    [
        "AccessDenied", "AuthorizationError", "UnrecognizedClient", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignature",
        "ExpiredToken", "MissingAuthenticationToken", "IncompleteSignature", "OptInRequired",
    ];

    /// <summary>True where the same call may succeed a little later: throttling, an overloaded service, a network failure.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        AmazonServiceException service => IsTransient(service),
        AmazonClientException client => client.InnerException is { } cause && IsTransient(cause),
        HttpRequestException or IOException or TimeoutException or OperationCanceledException or WebException => true,
        _ => false,
    };

    /// <summary>True where the caller has no valid credentials or permissions, which waiting does not change.</summary>
    public static bool IsDenied(Exception exception) =>
        exception is AmazonServiceException { ErrorCode: { } code }
        && Denied.Any(prefix => code.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>True where this receiver no longer holds a message: its visibility timeout expired, or it was deleted.</summary>
    public static bool IsLost(Exception exception) => exception switch
    {
        MessageNotInflightException or ReceiptHandleIsInvalidException or QueueDoesNotExistException => true,
        AmazonServiceException { ErrorCode: "InvalidParameterValue" } => true,
        BatchEntryException entry =>
            entry.Code.Contains("ReceiptHandleIsInvalid", StringComparison.Ordinal)
            || entry.Code.Contains("MessageNotInflight", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsTransient(AmazonServiceException service) =>
        (int)service.StatusCode >= 500
        || service.StatusCode == HttpStatusCode.TooManyRequests
        || service.Retryable is not null
        || (service.ErrorCode is { } code && Throttling.Any(part => code.Contains(part, StringComparison.OrdinalIgnoreCase)))
        || (service.ErrorCode is null && service.InnerException is { } cause && IsTransient(cause));
}

/// <summary>
/// An endpoint cannot work with SQS or SNS. Where waiting does not help (credentials, permissions), the bus fails to start and does not
/// retry.
/// </summary>
internal sealed class SqsTransportException(string message, Exception innerException)
    : ConnectionException($"{message} {innerException.Message}", innerException, isTransient: !AwsErrors.IsDenied(innerException));
