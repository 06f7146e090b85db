using System.Runtime.InteropServices;
using Spectre.Console;

namespace MacroCausal.Bench;

/// <summary>Prints what a bench found, as Markdown, so that it can go into docs/benchmarks.md as it is.</summary>
internal static class Report
{
    /// <summary>What the figures below were measured on.</summary>
    public static void WriteMachine() =>
        Console.WriteLine(
            $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, "
            + $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}\n");

    /// <summary>A table; numbers are aligned to the right, the first column to the left.</summary>
    public static void Write(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (column, index) in columns.Select((column, index) => (column, index)))
        {
            var alignment = index == 0 ? Justify.Left : Justify.Right;
            table.AddColumn(new TableColumn(column.EscapeMarkup()) { Alignment = alignment, NoWrap = true });
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No });
        console.Profile.Width = 240;
        console.Write(table);
        Console.WriteLine();
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
