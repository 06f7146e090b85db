using System.CommandLine;
using System.Globalization;

namespace MacroCausal.Bench.Startup;

/// <summary><c>bench startup</c>: from the start of <c>macrocausal train</c> to its first trained epoch.</summary>
internal static class StartupCommand
{
    public static Command Create()
    {
        var runs =
            new Option<int>("--runs") { Description = "Number of starts; the table shows medians", DefaultValueFactory = _ => 7 };
        var command = new Command("startup", "Time from process start to the first trained epoch, by phase") { runs };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(runs), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int runs, CancellationToken cancellationToken)
    {
        // The first one brings the files into the page cache and is not counted.
        await TrainProcess.ToFirstEpochAsync(cancellationToken);
        var starts = new List<IReadOnlyList<PhaseEnd>>();
        for (var run = 0; run < runs; run++)
        {
            starts.Add(await TrainProcess.ToFirstEpochAsync(cancellationToken));
        }

        Console.WriteLine($"`macrocausal train` on the sample into an empty store, median of {runs} starts:\n");
        Report.Write(
            ["until", "ms since start", "ms of the phase", "CPU ms of the phase"],
            Enumerable.Range(0, starts[0].Count).Select(phase => Row(starts, phase)));
        return 0;
    }

    private static IReadOnlyList<string> Row(List<IReadOnlyList<PhaseEnd>> starts, int phase) =>
    [
        starts[0][phase].Name,
        Median(starts, start => start[phase].Wall),
        Median(starts, start => start[phase].Wall - (phase == 0 ? TimeSpan.Zero : start[phase - 1].Wall)),
        Median(starts, start => start[phase].Processor - (phase == 0 ? TimeSpan.Zero : start[phase - 1].Processor)),
    ];

    private static string Median(List<IReadOnlyList<PhaseEnd>> starts, Func<IReadOnlyList<PhaseEnd>, TimeSpan> value) =>
        starts.Select(value).Order().ElementAt(starts.Count / 2).TotalMilliseconds.ToString("N0", CultureInfo.InvariantCulture);
}
