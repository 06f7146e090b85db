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
        if (isActive) _lastActive = now;
        Replicas = ScalingRules.AtPoll(Replicas, isActive, now - _lastActive, settings);
    }

    /// <summary>The HPA looks at the queue; it rests while there are no replicas.</summary>
    public void Sync(double now, int depth)
    {
        if (Replicas == 0) return;
        var newest = ScalingRules.Recommend(depth, Replicas, settings);
        _recommendations.Enqueue((now, newest));
        while (_recommendations.Peek().Time < now - settings.StabilizationWindow) _recommendations.Dequeue();
        Replicas = ScalingRules.Limit(Replicas, ScalingRules.Stabilize(Replicas, newest, _recommendations.Max(recommendation => recommendation.Replicas)));
    }
}
