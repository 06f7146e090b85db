namespace MacroCausal.Integration.Tests.Chaos;

/// <summary>What may happen to a cluster.</summary>
internal enum FaultKind
{
    /// <summary>A process is killed without warning, and another started.</summary>
    Kill,

    /// <summary>A process is told to stop, and another started.</summary>
    Stop,

    /// <summary>A service of AWS answers that it is asked too often.</summary>
    Throttle,

    /// <summary>A service of AWS answers that it failed.</summary>
    Fail,

    /// <summary>Connections to a service of AWS are cut.</summary>
    Cut,

    /// <summary>A process may not use a service of AWS.</summary>
    Deny,

    /// <summary>Messages are delivered twice.</summary>
    Duplicate,

    /// <summary>Somebody puts a message on a queue that is none.</summary>
    Hostile,
}

/// <summary>One fault.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Place">The process that it happens to, where it is one.</param>
/// <param name="Service">The service of AWS that it happens at, where it is one.</param>
/// <param name="Share">Share of the calls that it happens to, 0 to 1.</param>
/// <param name="Length">How long it lasts; none for what happens at once.</param>
/// <param name="Pause">Time to the next fault.</param>
internal sealed record Fault(FaultKind Kind, string? Place, string? Service, double Share, TimeSpan Length, TimeSpan Pause)
{
    /// <summary>The processes: the service, a dash, a number.</summary>
    public static readonly IReadOnlyList<string> Places =
        ["DataPrep-1", "Tuner-1", "Tuner-2", "TrialRunner-1", "TrialRunner-2", "Registry-1"];

    private static readonly string[] Services = ["s3", "sqs", "sns", "dynamodb"];

    // Of 20 faults, so many.
    private static readonly (FaultKind Kind, int Weight)[] Weights =
    [
        (FaultKind.Kill, 5), (FaultKind.Stop, 2), (FaultKind.Throttle, 4), (FaultKind.Fail, 2), (FaultKind.Cut, 1), (FaultKind.Deny, 2),
        (FaultKind.Duplicate, 2), (FaultKind.Hostile, 2),
    ];

    /// <summary>The service that a process of a place is.</summary>
    public static string ServiceOf(string place) => place[..place.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>Faults by chance, the same for a seed; the first are one of each kind.</summary>
    public static IReadOnlyList<Fault> Plan(int seed, int count)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<FaultKind>();
        random.Shuffle(kinds);
        return [.. Enumerable.Range(0, count).Select(number => Of(number < kinds.Length ? kinds[number] : Any(random), random))];
    }

    private static FaultKind Any(Random random)
    {
        var at = random.Next(Weights.Sum(weight => weight.Weight));
        return Weights.First(weight => (at -= weight.Weight) < 0).Kind;
    }

    private static Fault Of(FaultKind kind, Random random)
    {
        var place = kind is FaultKind.Kill or FaultKind.Stop or FaultKind.Deny ? Places[random.Next(Places.Count)] : null;
        var service = kind switch
        {
            FaultKind.Duplicate => Services[random.Next(1, 3)],
            FaultKind.Kill or FaultKind.Stop or FaultKind.Hostile => null,
            _ => Services[random.Next(Services.Length)],
        };
        var share = kind == FaultKind.Deny ? 1 : 0.3 + (0.7 * random.NextDouble());
        var length = service is null ? TimeSpan.Zero : TimeSpan.FromSeconds(2 + (8 * random.NextDouble()));
        return new Fault(kind, place, service, share, length, TimeSpan.FromSeconds(1 + (4 * random.NextDouble())));
    }
}
