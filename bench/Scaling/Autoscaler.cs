namespace MacroCausal.Bench.Scaling;

/// <summary>KEDA and the HPA over time: what <see cref="ScalingRules"/> must remember.</summary>
internal sealed class Autoscaler(KedaSettings settings)
{
    private readonly Queue<(double Time, int Replicas)> _recommendations = new();
    private double _lastActive;

    /// <summary>Replicas that the deployment asks for.</summary>
    public int Replicas { get; private set; }

    /// <summary>KEDA looks at the queue.</summary>
    public void Poll(double now, int depth)
    {
        var isActive = ScalingRules.IsActive(depth, settings);
        if (isActive)
        {
            _lastActive = now;
        }

        Replicas = ScalingRules.AtPoll(Replicas, isActive, now - _lastActive, settings);
    }

    /// <summary>The HPA looks at the queue; it rests while there are no replicas.</summary>
    public void Sync(double now, int depth)
    {
        if (Replicas == 0) return;
        var newest = ScalingRules.Recommend(depth, Replicas, settings);
        _recommendations.Enqueue((now, newest));
        while (_recommendations.Peek().Time < now - settings.StabilizationWindow)
        {
            _recommendations.Dequeue();
        }

        var highest = _recommendations.Max(recommendation => recommendation.Replicas);
        Replicas = ScalingRules.Limit(Replicas, ScalingRules.Stabilize(Replicas, newest, highest));
    }
}

/// <summary>
/// How many replicas KEDA and the HPA behind it want. Between zero and one KEDA decides, above one the HPA: KEDA's external metric is of
/// type AverageValue, so the queue's depth is divided by
/// the target of a replica. https://keda.sh/docs/latest/concepts/scaling-deployments/,
/// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
/// </summary>
internal static class ScalingRules
{
    /// <summary>Seconds between two looks of the HPA, and the period of its default policies.</summary>
    public const double SyncPeriod = 15;

    private const double Tolerance = 0.1;
    private const int PodsAPeriod = 4;

    /// <summary>Whether the trigger is active: the depth is above the activation value.</summary>
    public static bool IsActive(int depth, KedaSettings settings) => depth > settings.ActivationQueueLength;

    /// <summary>KEDA's own part: from zero to one when active, and to zero when idle for the cooldown period.</summary>
    public static int AtPoll(int replicas, bool isActive, double idleFor, KedaSettings settings) =>
        isActive ? Math.Max(replicas, 1) : idleFor >= settings.CooldownPeriod ? 0 : replicas;

    /// <summary>
    /// The HPA's recommendation: ceil(depth / target), between 1 and the maximum; the present number where the depth is within a tenth of
    /// what it is made for.
    /// </summary>
    public static int Recommend(int depth, int replicas, KedaSettings settings)
    {
        var ratio = depth / ((double)settings.QueueLength * replicas);
        var wanted = Math.Abs(1 - ratio) <= Tolerance ? replicas : (int)Math.Ceiling(depth / (double)settings.QueueLength);
        return Math.Clamp(wanted, 1, settings.MaxReplicas);
    }

    /// <summary>
    /// The newest recommendation, held up by the highest of the window where it is below the present number. Scaling up has no window.
    /// </summary>
    public static int Stabilize(int replicas, int newest, int highestOfWindow) =>
        newest >= replicas ? newest : Math.Min(replicas, Math.Max(newest, highestOfWindow));

    /// <summary>The default policies of a period: up by 4 pods or by 100 %, whichever is more; down without limit.</summary>
    public static int Limit(int replicas, int wanted) => Math.Min(wanted, Math.Max(replicas + PodsAPeriod, 2 * replicas));
}

/// <summary>
/// What a ScaledObject with an <c>aws-sqs-queue</c> trigger says; seconds. https://keda.sh/docs/latest/reference/scaledobject-spec/
/// </summary>
internal sealed record KedaSettings
{
    /// <summary><c>pollingInterval</c>: how often KEDA looks while there are no replicas.</summary>
    public double PollingInterval { get; init; } = 15;

    /// <summary><c>queueLength</c>: messages a replica, those in flight included.</summary>
    public int QueueLength { get; init; } = 1;

    /// <summary><c>activationQueueLength</c>: the trigger is active above so many messages.</summary>
    public int ActivationQueueLength { get; init; }

    /// <summary>
    /// <c>cooldownPeriod</c>: from the last time the trigger was active to zero replicas. It has no say above one replica.
    /// </summary>
    public double CooldownPeriod { get; init; } = 300;

    /// <summary><c>scaleDown.stabilizationWindowSeconds</c> of the HPA: the highest recommendation of so many seconds counts.</summary>
    public double StabilizationWindow { get; init; } = 300;

    /// <summary><c>maxReplicaCount</c>; <c>minReplicaCount</c> is 0.</summary>
    public int MaxReplicas { get; init; } = 50;
}
