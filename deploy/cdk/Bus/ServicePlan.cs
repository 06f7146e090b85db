namespace MacroCausal.Cdk.Bus;

/// <summary>What a service does with queues and topics.</summary>
/// <param name="Name">Its name, which is also that of its service account and of its image.</param>
/// <param name="Receives">The queues that it receives from.</param>
/// <param name="Sends">The queues that it sends commands to.</param>
/// <param name="Events">The events that it publishes.</param>
internal sealed record ServicePlan(string Name, IReadOnlyList<QueuePlan> Receives, IReadOnlyList<string> Sends, IReadOnlyList<string> Events)
{
    /// <summary>The topics that its queues are subscribed to.</summary>
    public IReadOnlyList<string> Subscribed => [.. Receives.SelectMany(queue => queue.Topics)];

    /// <summary>The topics that it publishes to: its events, and that it could not do what it was asked to.</summary>
    public IReadOnlyList<string> Published => [.. Events, .. Subscribed.Select(TopicNames.FaultOf), TopicNames.ReceiveFault];
}
