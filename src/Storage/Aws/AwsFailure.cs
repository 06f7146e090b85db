using System.Net.Sockets;
using Amazon.Runtime;

namespace MacroCausal.Storage.Aws;

/// <summary>Says in half a sentence why AWS did not do what it was asked to, and what helps.</summary>
internal static class AwsFailure
{
    /// <summary>Whether it comes from AWS or the way there, and not from the caller who gave up.</summary>
    public static bool IsExplained(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => IsNetwork(exception),
    };

    /// <summary>Whether the connection failed, rather than a file.</summary>
    public static bool IsNetwork(Exception exception) =>
        exception is HttpRequestException or HttpIOException or IOException { InnerException: SocketException };

    /// <summary>The reason and the remedy.</summary>
    /// <param name="exception">What the SDK threw.</param>
    /// <param name="client">Configuration of the client, which knows where it went.</param>
    /// <param name="actions">The IAM actions that the call needs, such as <c>s3:GetObject on arn:aws:s3:::bucket/*</c>.</param>
    public static string Reason(Exception exception, IClientConfig client, string actions) => exception switch
    {
        AmazonServiceException answer => Reason(answer, client, actions),
        AmazonClientException when exception.Message.Contains("resolve AWS credentials", StringComparison.Ordinal) =>
            "no AWS credentials were found; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the process a role "
            + "(web identity, instance profile)",
        AmazonClientException =>
            $"{Detail(exception)}; check the AWS settings (AWS_REGION, AWS_PROFILE, AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE)",
        OperationCanceledException or TimeoutException =>
            $"{Place(client)} did not answer in time; check the network, AWS_REGION and AWS_ENDPOINT_URL, and try again",
        _ => $"{Place(client)} cannot be reached ({Detail(exception)}); check the network, AWS_REGION and AWS_ENDPOINT_URL, and try again",
    };

    private static string Reason(AmazonServiceException answer, IClientConfig client, string actions) => answer.ErrorCode switch
    {
        "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" or "TokenRefreshRequired" =>
            $"the AWS credentials have expired ({Detail(answer)}); renew them",
        "RequestTimeTooSkewed" => "this machine's clock is wrong; set it",
        "InvalidAccessKeyId" or "InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidToken" or "SignatureDoesNotMatch"
            or "InvalidSignatureException" or "IncompleteSignature" or "IncompleteSignatureException" or "MissingAuthenticationToken"
            or "MissingAuthenticationTokenException" =>
            $"the AWS credentials are not valid ({Detail(answer)}); correct AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            + "or the process's role",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            $"it is in another region than {Place(client)}; set AWS_REGION to its region",
        _ when IsThrottled(answer) =>
            $"{Place(client)} still answers {answer.ErrorCode} after {client.MaxErrorRetry} retries; "
            + "try again later, or raise its capacity",
        _ when IsDenied(answer) => $"access is denied ({Detail(answer)}); allow {actions}",
        _ when (int)answer.StatusCode >= 500 =>
            $"{Place(client)} still fails after {client.MaxErrorRetry} retries ({Detail(answer)}); try again later",
        _ => $"{Place(client)} refused the call ({answer.ErrorCode}: {Detail(answer)})",
    };

    /// <summary>
    /// Where the cause lies: the store where it is throttled, fails or does not answer, otherwise this process, its rights and settings.
    /// </summary>
    public static FailureCause Cause(Exception exception) => exception switch
    {
        AmazonServiceException answer when IsThrottled(answer) || (int)answer.StatusCode >= 500 => FailureCause.Store,
        AmazonServiceException { StatusCode: 0 } => FailureCause.Store,
        AmazonServiceException or AmazonClientException => FailureCause.Process,
        _ => FailureCause.Store,
    };

    /// <summary>Where the client goes: an endpoint, or AWS in a region.</summary>
    public static string Place(IClientConfig client) => client.ServiceURL ?? $"AWS in {client.RegionEndpoint?.SystemName}";

    private static bool IsThrottled(AmazonServiceException answer) =>
        answer.ErrorCode is "SlowDown" or "Throttling" or "ThrottlingException" or "ProvisionedThroughputExceededException"
            or "RequestLimitExceeded" or "TooManyRequestsException";

    private static bool IsDenied(AmazonServiceException answer) =>
        answer.ErrorCode is "AccessDenied" or "AccessDeniedException" or "AllAccessDisabled"
        || answer.StatusCode == System.Net.HttpStatusCode.Forbidden;

    private static string Detail(Exception exception) => exception.Message.TrimEnd('.', ' ', '\n');
}
