namespace MacroCausal.Bench.Scaling;

/// <summary>
/// How many replicas KEDA and the HPA behind it want. Between zero and one KEDA decides, above one the HPA: KEDA's external metric is of type AverageValue, so the queue's depth is divided by
/// the target of a replica. https://keda.sh/docs/latest/concepts/scaling-deployments/, https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
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

    /// <summary>The HPA's recommendation: ceil(depth / target), between 1 and the maximum; the present number where the depth is within a tenth of what it is made for.</summary>
    public static int Recommend(int depth, int replicas, KedaSettings settings)
    {
        var ratio = depth / ((double)settings.QueueLength * replicas);
        var wanted = Math.Abs(1 - ratio) <= Tolerance ? replicas : (int)Math.Ceiling(depth / (double)settings.QueueLength);
        return Math.Clamp(wanted, 1, settings.MaxReplicas);
    }

    /// <summary>The newest recommendation, held up by the highest of the window where it is below the present number. Scaling up has no window.</summary>
    public static int Stabilize(int replicas, int newest, int highestOfWindow) => newest >= replicas ? newest : Math.Min(replicas, Math.Max(newest, highestOfWindow));

    /// <summary>The default policies of a period: up by 4 pods or by 100 %, whichever is more; down without limit.</summary>
    public static int Limit(int replicas, int wanted) => Math.Min(wanted, Math.Max(replicas + PodsAPeriod, 2 * replicas));
}
