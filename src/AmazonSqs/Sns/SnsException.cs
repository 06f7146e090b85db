using System.Net;
using Amazon.Runtime;

namespace MacroCausal.AmazonSqs.Sns;

/// <summary>SNS refused a call; the message and <see cref="AmazonServiceException.ErrorCode"/> are SNS's own.</summary>
public sealed class SnsException : AmazonServiceException
{
    internal SnsException(string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
