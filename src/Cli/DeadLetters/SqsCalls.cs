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
        catch (AmazonClientException failure)
        {
            throw new DeadLetterException($"SQS could not be used: {failure.Message.TrimEnd('.')}; set AWS_REGION, or AWS_PROFILE to a profile with a region.", failure);
        }
    }

    public async Task<T> CallAsync<T>(string action, string queue, Func<IAmazonSQS, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(sqs).ConfigureAwait(false);
        }
        catch (QueueDoesNotExistException)
        {
            throw new BadInputException($"There is no queue '{queue}' at {AwsFailure.Place(sqs.Config)}; correct the name, or AWS_REGION.");
        }
        catch (Exception failure) when (AwsFailure.IsExplained(failure, cancellationToken))
        {
            var reason = AwsFailure.Reason(failure, sqs.Config, $"sqs:{action} on the queue '{queue}'");
            throw new DeadLetterException($"The queue '{queue}' could not be used (sqs:{action}): {reason}.", failure);
        }
    }
}
