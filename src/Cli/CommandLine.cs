using System.CommandLine;
using MacroCausal.Storage;
using MacroCausal.Storage.Objects;

namespace MacroCausal.Cli;

/// <summary>Runs what was typed and turns every expected error into one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Longest wait for a clean stop after Ctrl-C: the running epochs, their checkpoints, the records.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await Console.Error.WriteLineAsync("error: " + problem.Message).ConfigureAwait(false);
            }

            return ExitCodes.BadInput;
        }

        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopTimeout };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (BadInputException exception)
        {
            return await TellAsync(exception, ExitCodes.BadInput).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ObjectStoreException or StoreException or IOException or UnauthorizedAccessException)
        {
            return await TellAsync(exception, ExitCodes.Failed).ConfigureAwait(false);
        }
    }

    private static async Task<int> TellAsync(Exception exception, int exitCode)
    {
        await Console.Error.WriteLineAsync("error: " + exception.Message).ConfigureAwait(false);
        return exitCode;
    }
}
