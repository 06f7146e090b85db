using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>A way to search.</summary>
internal sealed record Method(string Name, string Sampler, string Scheduler);

/// <summary>
/// Several methods on the same problem with the same epochs, seed for seed. The first method is what the others are compared with.
/// </summary>
internal sealed record Contest(string Title, SearchOptions Plan, IReadOnlyList<Method> Methods)
{
    // The epochs decide, not the number of trials.
    private const int EnoughTrials = 1_000_000;

    /// <summary>What every method finds with one seed.</summary>
    public Finding[] Run(int seed, ITrainer trainer) =>
        [.. Methods.Select(method => SearchRun.Run(
            Plan with { Sampler = method.Sampler, Scheduler = method.Scheduler, Trials = EnoughTrials, Seed = seed }, trainer))];

    /// <summary>Prints what the seeds found: <paramref name="findings"/> is [seed][method].</summary>
    public void Write(IReadOnlyList<Finding[]> findings)
    {
        Console.WriteLine($"## {Title}\n");
        Report.Write(
            [
                "method", "epochs", "trials", "mean best", "95 % from", "to", "better than " + Methods[0].Name + " by",
                "95 % from", "to", "seeds won",
            ],
            Methods.Select((method, index) => Row(
                method.Name, [.. findings.Select(seed => seed[index])], [.. findings.Select(seed => seed[0])], isFirst: index == 0)));
    }

    private static IReadOnlyList<string> Row(string name, Finding[] own, Finding[] first, bool isFirst)
    {
        var best = Bootstrap.Mean([.. own.Select(finding => finding.Worth)]);
        var gain = Bootstrap.Mean([.. own.Zip(first, (mine, other) => other.Worth - mine.Worth)]);
        // A tie is half a win.
        var won = own.Zip(first, (mine, other) => mine.Worth < other.Worth ? 1.0 : mine.Worth == other.Worth ? 0.5 : 0).Average();
        return
        [
            name, Invariant($"{own.Average(finding => finding.Epochs):F0}"),
            Invariant($"{own.Average(finding => finding.Trials):F1}"), Number(best.Mean), Number(best.Low), Number(best.High),
            .. isFirst
                ? ["", "", "", ""]
                : new[] { Number(gain.Mean), Number(gain.Low), Number(gain.High), Invariant($"{100 * won:F0} %") },
        ];
    }

    private static string Number(double value) => Invariant($"{value:G4}");
}
