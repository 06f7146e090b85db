using System.CommandLine;
using MacroCausal.Cli.Commands;
using MacroCausal.Cli.DeadLetters;
using MacroCausal.Storage;

namespace MacroCausal.Cli;

/// <summary>Runs what was typed and turns every error into lines, where that is asked for a JSON line, and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Longest wait for a clean stop after Ctrl-C: the running epochs, their checkpoints, the records.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        var output = new StudyOutput(parsed.Tokens.Any(token => token.Value == "--json"), Console.Out, Console.Error);
        if (parsed.Errors.Count > 0)
        {
            return output.Refuse(null, [.. parsed.Errors.Select(error => error.Message)], ExitCodes.BadInput);
        }

        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopTimeout };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (BadInputException exception)
        {
            return output.Refuse(ExecutionIdOf(parsed), exception.Reasons, ExitCodes.BadInput);
        }
        catch (OperationCanceledException)
        {
            return output.StopBeforeStudy(ExecutionIdOf(parsed));
        }
        catch (Exception exception) when (exception is ObjectStoreException or StoreException or DeadLetterException or IOException or UnauthorizedAccessException)
        {
            return output.Refuse(ExecutionIdOf(parsed), [exception.Message], ExitCodes.Failed);
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync(exception.ToString()).ConfigureAwait(false);
            return output.Refuse(ExecutionIdOf(parsed), [$"Unexpected {exception.GetType().Name}: {exception.Message} Report it with what stands above."], ExitCodes.Failed);
        }
    }

    private static string? ExecutionIdOf(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.OfType<Option<string?>>().FirstOrDefault(option => option.Name == "--execution-id") is { } option
            ? parsed.GetValue(option)
            : null;
}
