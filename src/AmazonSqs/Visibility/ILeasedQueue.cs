namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>What a lease does with the queue that its message is from.</summary>
internal interface ILeasedQueue
{
    string Name { get; }

    Task ChangeVisibility(string receiptHandle, TimeSpan visibility, CancellationToken cancellationToken);

    Task Delete(string receiptHandle);
}
