namespace MacroCausal.Bench.Scaling;

/// <summary>What a ScaledObject with an <c>aws-sqs-queue</c> trigger says; seconds. https://keda.sh/docs/latest/reference/scaledobject-spec/</summary>
internal sealed record KedaSettings
{
    /// <summary><c>pollingInterval</c>: how often KEDA looks while there are no replicas.</summary>
    public double PollingInterval { get; init; } = 15;

    /// <summary><c>queueLength</c>: messages a replica, those in flight included.</summary>
    public int QueueLength { get; init; } = 1;

    /// <summary><c>activationQueueLength</c>: the trigger is active above so many messages.</summary>
    public int ActivationQueueLength { get; init; }

    /// <summary><c>cooldownPeriod</c>: from the last time the trigger was active to zero replicas. It has no say above one replica.</summary>
    public double CooldownPeriod { get; init; } = 300;

    /// <summary><c>scaleDown.stabilizationWindowSeconds</c> of the HPA: the highest recommendation of so many seconds counts.</summary>
    public double StabilizationWindow { get; init; } = 300;

    /// <summary><c>maxReplicaCount</c>; <c>minReplicaCount</c> is 0.</summary>
    public int MaxReplicas { get; init; } = 50;
}
