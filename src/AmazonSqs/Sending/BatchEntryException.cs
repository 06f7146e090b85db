using MassTransit;

namespace MacroCausal.AmazonSqs.Sending;

/// <summary>SQS or SNS took a batch, but refused this entry of it.</summary>
internal sealed class BatchEntryException(BatchFailure failure) : MassTransitException($"{failure.Code}: {failure.Message}")
{
    public string Code => failure.Code;
}
