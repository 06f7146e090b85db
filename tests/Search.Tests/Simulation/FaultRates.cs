namespace MacroCausal.Search.Tests.Simulation;

/// <summary>How often things go wrong in a virtual cluster, as shares of the segments.</summary>
internal sealed record FaultRates
{
    public double Failures { get; init; }

    /// <summary>Of the failures, those whose result arrives after all.</summary>
    public double LateResults { get; init; }

    public double Duplicates { get; init; }

    public double EarlyEnds { get; init; }

    public double Divergences { get; init; }

    /// <summary>Of the events, those after which the study is folded again from its records.</summary>
    public double Restarts { get; init; }

    public static FaultRates Rough { get; } = new() { Failures = 0.1, LateResults = 0.5, Duplicates = 0.2, EarlyEnds = 0.1, Divergences = 0.05 };
}
