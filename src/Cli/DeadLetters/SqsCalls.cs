using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.Storage.Aws;

namespace MacroCausal.Cli.DeadLetters;

/// <summary>Calls SQS, and says of a call that failed which action, which queue, why, and what helps.</summary>
internal sealed class SqsCalls(IAmazonSQS sqs)
{
    /// <summary>A client that goes where the services' clients go.</summary>
    public static IAmazonSQS Connect()
    {
        try
        {
            return new AmazonSQSClient();
        }
        catch (AmazonClientException exception)
        {
            var reason = exception.Message.TrimEnd('.');
            throw new DeadLetterException(
                $"SQS could not be used: {reason}; set AWS_REGION, or AWS_PROFILE to a profile with a region.", exception);
        }
    }

    public async Task<T> CallAsync<T>(string action, string queue, Func<IAmazonSQS, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(sqs);
        }
        catch (QueueDoesNotExistException)
        {
            throw new BadInputException($"There is no queue '{queue}' at {AwsFailure.Place(sqs.Config)}; correct the name, or AWS_REGION.");
        }
        catch (Exception exception) when (AwsFailure.IsExplained(exception, cancellationToken))
        {
            var reason = AwsFailure.Reason(exception, sqs.Config, $"sqs:{action} on the queue '{queue}'");
            throw new DeadLetterException($"The queue '{queue}' could not be used (sqs:{action}): {reason}.", exception);
        }
    }
}

/// <summary>
/// A queue could not be used; the message names it, the action, the reason and the remedy. Ends the command with exit code 1.
/// </summary>
internal sealed class DeadLetterException(string message, Exception innerException) : Exception(message, innerException);
