using System.CommandLine;
using MacroCausal.Cli.Embedded;

namespace MacroCausal.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Store() => new("--store")
    {
        Description = "Directory of the buckets and of the database",
        DefaultValueFactory = _ => "./macrocausal",
    };

    public static Option<bool> Json() => new("--json") { Description = "End with one JSON line on standard output; the rest goes to standard error" };

    public static Option<int> Workers() => new("--workers")
    {
        Description = "Segments that are trained at once, one core each",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static Option<string> Device() => new("--device")
    {
        Description = "cpu, cuda, or auto",
        DefaultValueFactory = _ => "cpu",
    };

    public static EmbeddedStore StoreOf(ParseResult parsed, Option<string> option) => new(Path.GetFullPath(parsed.GetRequiredValue(option)));

    public static int WorkersOf(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is var workers && workers is >= 1 and <= 1024
        ? workers
        : throw new BadInputException($"--workers is {workers}; it must be from 1 to 1024.");
}
