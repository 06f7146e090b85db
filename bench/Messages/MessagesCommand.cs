using System.CommandLine;

namespace MacroCausal.Bench.Messages;

/// <summary><c>bench messages</c>: what saga, records and bus cost when training costs nothing.</summary>
internal static class MessagesCommand
{
    private const string Ray =
        "For comparison, https://docs.ray.io/en/latest/tune/tutorials/tune-scalability.html states 715 s for 10,000 trials of one second "
        + "on 16 cores (625 s at least), that is 14 trials/s.";

    private static readonly int[] EpochsOfASegment = [1, 10];
    private static readonly int[] SegmentsOut = [4, 32, 128];

    public static Command Create()
    {
        var bus = new Option<string>("--bus") { Description = "memory, sqs, or both", DefaultValueFactory = _ => "both" };
        bus.AcceptOnlyFromAmong("memory", "sqs", "both");
        var trials = new Option<int>("--trials") { Description = "Trials of a study", DefaultValueFactory = _ => 1000 };
        var together = new Option<int>("--together")
        {
            Description = "Reports of a segment that are published at once; 1 as before they travelled together",
            DefaultValueFactory = _ => InstantRunner.MaxTogether,
        };
        var command = new Command("messages", "Segments and reports per second through saga, records and bus, without training")
        {
            bus, trials, together,
        };
        command.SetAction(parsed =>
            RunAsync(parsed.GetRequiredValue(bus), Shapes(parsed.GetValue(trials), parsed.GetValue(together))));
        return command;
    }

    private static async Task<int> RunAsync(string bus, IReadOnlyList<StudyShape> shapes)
    {
        if (bus != "sqs")
        {
            using var stack = new InMemoryStack();
            await RunAsync(stack, shapes);
        }

        if (bus != "memory")
        {
            using var stack = await AwsStack.StartAsync();
            await RunAsync(stack, shapes);
        }

        Console.WriteLine(Ray);
        return 0;
    }

    private static async Task RunAsync(IStack stack, IReadOnlyList<StudyShape> shapes) =>
        MessagesReport.Write(stack.Name, await StudyMeasurement.RunAsync(stack, shapes));

    private static IReadOnlyList<StudyShape> Shapes(int trials, int together) =>
    [
        .. from epochs in EpochsOfASegment
           from parallelism in SegmentsOut
           select new StudyShape(trials, parallelism, epochs, together),
    ];
}
