namespace MacroCausal.Bench.Scaling;

/// <summary>What a study cost on a fleet; hours of GPUs, but for the wall time.</summary>
internal sealed record FleetCost
{
    public required double WallHours { get; init; }

    public required double GpuHours { get; init; }

    /// <summary>Epochs that counted.</summary>
    public required double Training { get; init; }

    public required double Starting { get; init; }

    /// <summary>Epochs that were trained more than once, and parts of epochs that were lost.</summary>
    public required double Repeated { get; init; }

    public required double Handling { get; init; }

    public required double SpotKills { get; init; }

    /// <summary>Busy runners that were scaled in.</summary>
    public required double HandedBack { get; init; }

    public required double Reissued { get; init; }

    public required double FailedTrials { get; init; }

    public double Idle => GpuHours - Training - Starting - Repeated - Handling;

    public double Useful => Training / GpuHours;

    public static FleetCost Mean(IReadOnlyList<FleetCost> costs) => new()
    {
        WallHours = costs.Average(cost => cost.WallHours),
        GpuHours = costs.Average(cost => cost.GpuHours),
        Training = costs.Average(cost => cost.Training),
        Starting = costs.Average(cost => cost.Starting),
        Repeated = costs.Average(cost => cost.Repeated),
        Handling = costs.Average(cost => cost.Handling),
        SpotKills = costs.Average(cost => cost.SpotKills),
        HandedBack = costs.Average(cost => cost.HandedBack),
        Reissued = costs.Average(cost => cost.Reissued),
        FailedTrials = costs.Average(cost => cost.FailedTrials),
    };
}
