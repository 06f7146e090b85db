using System.Globalization;

namespace MacroCausal.Bench.Messages;

/// <summary>The tables of <c>bench messages</c>.</summary>
internal static class MessagesReport
{
    public static void Write(string stack, IReadOnlyList<StudyFigures> studies)
    {
        Console.WriteLine($"Studies whose training costs nothing, {stack}:\n");
        Report.Write(
            [
                "trials", "concurrent segments", "epochs a segment", "segments", "segments/s", "reports/s", "ms a segment",
                "CPU ms a segment",
                "of it search", "emulators' CPU ms a segment", "cores used by us", "by the emulators", "emulators' thread busy",
            ],
            studies.Select(Row));
        var longest = studies.MaxBy(study => study.Wall)!;
        Console.WriteLine(
            $"Where the {longest.Shape.Trials} trials of {longest.Shape.Epochs} epochs a segment, {longest.Shape.Parallelism} concurrent, "
            + "spent their time (stopwatches overlap: messages are consumed side by side, and wait):\n");
        Report.Write(["section", "times", "ms each", "seconds"], longest.Sections.Select(section => Row(section, longest)));
    }

    private static IReadOnlyList<string> Row(StudyFigures study) =>
    [
        Text(study.Shape.Trials, "N0"),
        Text(study.Shape.Parallelism, "N0"),
        Text(study.Shape.Epochs, "N0"),
        Text(study.Segments, "N0"),
        Text(study.Segments / study.Wall.TotalSeconds, "N0"),
        Text(study.Reports / study.Wall.TotalSeconds, "N0"),
        Text(study.Wall.TotalMilliseconds / study.Segments, "N2"),
        Text(study.Processor.TotalMilliseconds / study.Segments, "N2"),
        Text(study.Search.TotalMilliseconds / study.Segments, "N2"),
        study.Emulators is { } emulators ? Text(emulators.TotalMilliseconds / study.Segments, "N2") : "",
        Text(study.Processor / study.Wall, "N2"),
        study.Emulators is { } theirs ? Text(theirs / study.Wall, "N2") : "",
        study.EmulatorsBusy is { } busy ? Text(busy / study.Wall, "P0") : "",
    ];

    private static IReadOnlyList<string> Row((string Name, long Times, TimeSpan Total) section, StudyFigures study) =>
    [
        section.Name,
        Text(section.Times, "N0"),
        Text(section.Total.TotalMilliseconds / section.Times, "N3"),
        $"{Text(section.Total.TotalSeconds, "N2")} of {Text(study.Wall.TotalSeconds, "N2")}",
    ];

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
