using System.CommandLine;

namespace MacroCausal.Bench.Tuner;

/// <summary>What a decision costs, in studies of a thousand to a million trials. Virtual time: nothing is trained.</summary>
internal static class TunerCommand
{
    private const int TimedProposals = 2000;
    private static readonly string[] TpeSamplers = ["tpe", "tpe-univariate"];

    public static Command Create()
    {
        var trials = new Option<int[]>("--trials")
        {
            Description = "Sizes of the studies.",
            DefaultValueFactory = _ => [1_000, 10_000, 100_000, 1_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var workers = new Option<int[]>("--workers")
        {
            Description = "Concurrent segments.",
            DefaultValueFactory = _ => [10, 100, 1_000, 10_000],
            AllowMultipleArgumentsPerToken = true,
        };
        foreach (var option in new[] { trials, workers })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int[]>()?.FirstOrDefault(value => value is < 1 or > 10_000_000, 1) is { } wrong and not 1)
                {
                    result.AddError(Invariant($"{result.Option.Name} is {wrong}; give whole numbers from 1 to 10,000,000."));
                }
            });
        }

        var command = new Command("tuner", "Cost of a decision by the size of the study and the number of workers.") { trials, workers };
        command.SetAction(result => Run(result.GetValue(trials)!, result.GetValue(workers)!));
        command.Add(SeveralTuners.Create());
        return command;
    }

    private static void Run(int[] trials, int[] workers)
    {
        WarmUp();
        Console.WriteLine("## ASHA with random search\n");
        Write([.. Random(trials, workers)]);
        Console.WriteLine("## ASHA with TPE, 100 workers\n");
        WriteProposals(Tpe(trials));
        Console.WriteLine(
            $"""
            A decision is the report that made room for it, `Next` and `Apply`; decisions a second count all of the study's work. Bytes are
            those of DynamoDB items as text: of the trial's record for the decision and for the reports (one record a change), and of the
            study's record, replaced once a turn. Memory is the heap that the study holds at its end, over its trials.
            From 20,000 trials on, TPE proposes only the last {TimedProposals} trials of a study; those before are proposed at random.
            """);
    }

    private static void WarmUp()
    {
        new StudySize("random", 50_000, 100).Measure();
        foreach (var sampler in TpeSamplers) new StudySize(sampler, 1_000, 100).Measure();
    }

    /// <summary>More workers than trials are as many as trials.</summary>
    private static IEnumerable<StudyCost> Random(int[] trials, int[] workers) =>
        from size in trials
        from worker in workers
        where worker <= size
        select new StudySize("random", size, worker).Measure();

    private static IEnumerable<StudyCost> Tpe(int[] trials) =>
        from sampler in TpeSamplers
        from size in trials
        where size <= 100_000
        select new StudySize(sampler, size, Math.Min(100, size), size >= 20_000 ? TimedProposals : null).Measure();

    private static void Write(List<StudyCost> costs)
    {
        Report.Write(
            [
                "trials", "workers", "decisions", "decisions/s", "median µs", "99 % µs", "bytes/decision", "largest record",
                "study record", "memory, bytes/trial",
            ],
            costs.Select(cost => (IReadOnlyList<string>)
            [
                Invariant($"{cost.Size.Trials:N0}"), Invariant($"{cost.Size.Workers:N0}"), Invariant($"{cost.Decision.Count:N0}"),
                Invariant($"{cost.DecisionsPerSecond:N0}"),
                Invariant($"{cost.Decision.Median:F2}"), Invariant($"{cost.Decision.Percentile99:F2}"),
                Invariant($"{cost.BytesPerDecision:N0}"),
                Invariant($"{cost.LargestRecord:N0}"), Invariant($"{cost.StudyRecord:N0}"), Invariant($"{cost.BytesPerTrial:N0}"),
            ]));
        WriteGrowth(costs);
    }

    private static void WriteGrowth(List<StudyCost> costs)
    {
        foreach (var same in costs.GroupBy(cost => cost.Size.Workers).Where(same => same.Count() > 1))
        {
            var (small, large) = (same.MinBy(cost => cost.Size.Trials)!, same.MaxBy(cost => cost.Size.Trials)!);
            Console.WriteLine(Invariant(
                $"- {same.Key:N0} workers, from {small.Size.Trials:N0} to {large.Size.Trials:N0} trials: ")
                + Invariant($"median times {large.Decision.Median / small.Decision.Median:F2}, ")
                + Invariant($"bytes a decision times {large.BytesPerDecision / small.BytesPerDecision:F2}, ")
                + Invariant($"memory a trial times {large.BytesPerTrial / small.BytesPerTrial:F2}"));
        }

        Console.WriteLine();
    }

    private static void WriteProposals(IEnumerable<StudyCost> costs) => Report.Write(
        ["sampler", "trials", "proposals", "median µs", "99 % µs", "decisions/s", "bytes/decision", "memory, bytes/trial"],
        costs.Select(cost => (IReadOnlyList<string>)
        [
            cost.Size.Sampler, Invariant($"{cost.Size.Trials:N0}"), Invariant($"{cost.Proposal.Count:N0}"),
                Invariant($"{cost.Proposal.Median:F0}"),
            Invariant($"{cost.Proposal.Percentile99:F0}"), Invariant($"{cost.DecisionsPerSecond:N0}"),
                Invariant($"{cost.BytesPerDecision:N0}"),
                Invariant($"{cost.BytesPerTrial:N0}"),
        ]));
}
