using System.CommandLine;
using System.Text.Json;

namespace MacroCausal.Cli.Tests;

/// <summary>Runs a command of <c>macrocausal</c> in this process, with streams of its own, so that tests may run side by side.</summary>
internal static class MacroCausalCommand
{
    public static Task<Ended> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    /// <summary>Runs a command until it ends, or is asked to as by Ctrl-C.</summary>
    public static async Task<Ended> RunAsync(CancellationToken interrupt, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var streams = new InvocationConfiguration
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(errors),
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        var exitCode = await CommandLine.RunAsync(arguments, streams, interrupt);
        return new Ended(exitCode, output.ToString(), errors.ToString().TrimEnd('\n'));
    }
}

/// <summary>How a command ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    /// <summary>The last line of the output, as <c>--json</c> promises it.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;
}
