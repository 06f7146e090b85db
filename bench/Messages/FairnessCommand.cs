using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Bench.Messages;

/// <summary><c>bench fairness</c>: how long a small study takes beside a large one, with a quota of segments and without.</summary>
internal static class FairnessCommand
{
    private const int Workers = 4;
    private static readonly TimeSpan Segment = TimeSpan.FromMilliseconds(200);
    private static readonly StudyShape Small = new(20, 4, 1);

    public static Command Create()
    {
        var bus = new Option<string>("--bus") { Description = "memory or sqs", DefaultValueFactory = _ => "sqs" };
        bus.AcceptOnlyFromAmong("memory", "sqs");
        var parallelism = new Option<int>("--parallelism")
        {
            Description = "Concurrent segments of the large study",
            DefaultValueFactory = _ => 200,
        };
        var runs = new Option<int>("--runs") { Description = "Runs of each", DefaultValueFactory = _ => 3 };
        var command = new Command("fairness", "Time of a study of 20 trials beside one of 10,000, against alone")
        {
            bus, parallelism, runs,
        };
        command.SetAction(async parsed =>
        {
            using IStack stack = parsed.GetRequiredValue(bus) == "memory" ? new InMemoryStack() : await AwsStack.StartAsync();
            return await RunAsync(stack, new StudyShape(10_000, parsed.GetValue(parallelism), 1), parsed.GetValue(runs));
        });
        return command;
    }

    private static async Task<int> RunAsync(IStack stack, StudyShape large, int runs)
    {
        Console.WriteLine(
            $"A study of {Small.Trials} trials, {Small.Parallelism} concurrent, beside one of {large.Trials} trials, {large.Parallelism} "
            + $"concurrent; {Workers} runners of {Segment.TotalMilliseconds:F0} ms a segment; {stack.Name}; medians of {runs} runs:\n");
        (string Name, StudyShape? Large, int MaxSegments)[] cases =
        [
            ("alone", null, 0),
            ("beside the large one, no quota", large, 0),
            ($"beside the large one, Tuner__MaxSegments={4 * Workers}", large, 4 * Workers),
            ($"beside the large one, Tuner__MaxSegments={2 * Workers}", large, 2 * Workers),
        ];
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (name, beside, quota) in cases)
        {
            var measured = new List<Measured>();
            while (measured.Count < runs)
            {
                measured.Add(await MeasureAsync(stack, beside, quota));
            }

            string Median(Func<Measured, double> figure, string format) =>
                measured.Select(figure).Order().ElementAt(runs / 2).ToString(format, CultureInfo.InvariantCulture);
            rows.Add(
            [
                name, Median(one => one.Seconds, "F1"), Median(one => one.SmallSegments / one.Seconds, "F1"),
                Median(one => one.LargeSegments / one.Seconds, "F1"),
            ]);
        }

        Report.Write(["the small study", "seconds", "its segments/s", "the large one's segments/s meanwhile"], rows);
        return 0;
    }

    private static async Task<Measured> MeasureAsync(IStack stack, StudyShape? large, int quota)
    {
        var (ends, pace) = (new StudyEnds(), new Pace(Segment, Workers, quota));
        var (ours, theirs) = ($"small-{Guid.NewGuid():N}", $"large-{Guid.NewGuid():N}");
        using var host = stack.Build(new Stopwatches(), ends, Small, pace);
        await host.StartAsync();
        var bus = host.Services.GetRequiredService<IBus>();
        var start = await bus.GetSendEndpoint(QueueNames.Address(QueueNames.StartTraining));
        if (large is not null)
        {
            await start.Send(large.Start(theirs));
            // So many that its first segments wait in the queue.
            while (pace.Done(theirs) < 2 * Workers)
            {
                await Task.Delay(20);
            }
        }

        var (began, before) = (Stopwatch.GetTimestamp(), pace.Done(theirs));
        await start.Send(Small.Start(ours));
        await ends.Of(ours);
        var measured = new Measured(Stopwatch.GetElapsedTime(began).TotalSeconds, pace.Done(ours), pace.Done(theirs) - before);
        if (large is not null)
        {
            await EndAsync(bus, host, theirs, pace);
        }

        await host.StopAsync();
        return measured;
    }

    // What the large study has left in the queues is no matter of the next run.
    private static async Task EndAsync(IBus bus, IHost host, string executionId, Pace pace)
    {
        pace.Drain();
        var studies = await bus.GetSendEndpoint(QueueNames.Address(QueueNames.Study));
        await studies.Send(new CancelTraining { ExecutionId = executionId });
        var store = host.Services.GetRequiredService<Storage.IStudyStore>();
        while (await store.FindStudyAsync(executionId) is not { IsOver: true })
        {
            await Task.Delay(20);
        }

        for (var done = -1L; done != pace.Done(executionId);)
        {
            done = pace.Done(executionId);
            await Task.Delay(500);
        }
    }

    private sealed record Measured(double Seconds, long SmallSegments, long LargeSegments);
}
