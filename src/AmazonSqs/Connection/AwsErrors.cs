using System.Net;
using Amazon.Runtime;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Sending;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>What an error of SQS or SNS means for the one who has to go on.</summary>
internal static class AwsErrors
{
    private static readonly string[] Throttling = ["Throttl", "TooManyRequests", "RequestLimitExceeded", "OverLimit", "SlowDown", "ServiceUnavailable", "InternalError"];

    private static readonly string[] Denied =
    [
        "AccessDenied", "AuthorizationError", "UnrecognizedClient", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignature", "ExpiredToken", "MissingAuthenticationToken",
        "IncompleteSignature", "OptInRequired",
    ];

    /// <summary>True where the same call may go through a little later: throttling, an overloaded service, a network that failed.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        AmazonServiceException service => IsTransient(service),
        AmazonClientException client => client.InnerException is { } cause && IsTransient(cause),
        HttpRequestException or IOException or TimeoutException or OperationCanceledException or WebException => true,
        _ => false,
    };

    /// <summary>True where the caller has no valid credentials or permissions, which waiting does not change.</summary>
    public static bool IsDenied(Exception exception) =>
        exception is AmazonServiceException { ErrorCode: { } code } && Denied.Any(prefix => code.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>True where a message is not this receiver's any more: its visibility ran out, or it is gone.</summary>
    public static bool IsLost(Exception exception) => exception switch
    {
        MessageNotInflightException or ReceiptHandleIsInvalidException or QueueDoesNotExistException => true,
        AmazonServiceException { ErrorCode: "InvalidParameterValue" } => true,
        BatchEntryException entry => entry.Code.Contains("ReceiptHandleIsInvalid", StringComparison.Ordinal) || entry.Code.Contains("MessageNotInflight", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsTransient(AmazonServiceException service) =>
        (int)service.StatusCode >= 500
        || service.StatusCode == HttpStatusCode.TooManyRequests
        || service.Retryable is not null
        || (service.ErrorCode is { } code && Throttling.Any(part => code.Contains(part, StringComparison.OrdinalIgnoreCase)))
        || (service.ErrorCode is null && service.InnerException is { } cause && IsTransient(cause));
}
