using System.CommandLine;
using MacroCausal.Cli.Commands;
using MacroCausal.Cli.DeadLetters;
using MacroCausal.Storage;

namespace MacroCausal.Cli;

/// <summary>Runs what was typed and turns every error into lines, where that is asked for a JSON line, and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Maximum wait for a clean stop after Ctrl-C: the running epochs, their checkpoints, the records.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How a process of its own runs a command: on its standard streams, stopped by Ctrl-C and SIGTERM.</summary>
    public static InvocationConfiguration ForProcess()
    {
        var (output, error) = GuardedWriter.ForProcess();
        return new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopTimeout,
        };
    }

    public static async Task<int> RunAsync(string[] args, InvocationConfiguration configuration)
    {
        var parsed = CreateRoot().Parse(args);
        var output = new StudyOutput(parsed.Tokens.Any(token => token.Value == "--json"), configuration);
        if (parsed.Errors.Count > 0) return output.Refuse(null, [.. parsed.Errors.Select(error => error.Message)], ExitCodes.BadInput);

        try
        {
            var exitCode = await parsed.InvokeAsync(configuration);
            if ((configuration.Output as GuardedWriter)?.TakeFailure() is not { } failure) return exitCode;

            var reason = $"Standard output could not be written ({failure}); let it go to a file on a disk that has room.";
            return output.Refuse(null, [reason], ExitCodes.Failed);
        }
        catch (BadInputException exception)
        {
            return output.Refuse(ExecutionIdOf(parsed), exception.Reasons, ExitCodes.BadInput);
        }
        catch (OperationCanceledException)
        {
            return output.StopBeforeStudy(ExecutionIdOf(parsed));
        }
        catch (Exception exception) when (IsExplained(exception))
        {
            return output.Refuse(ExecutionIdOf(parsed), [exception.Message], ExitCodes.Failed);
        }
        catch (Exception exception)
        {
            await configuration.Error.WriteLineAsync(exception.ToString());
            var reason = $"Unexpected {exception.GetType().Name}: {exception.Message} Report it with what stands above.";
            return output.Refuse(ExecutionIdOf(parsed), [reason], ExitCodes.Failed);
        }
    }

    private static RootCommand CreateRoot() => new("Trains, tunes and registers MacroCausal models, on this machine or on AWS.")
    {
        TrainCommand.Create(),
        ResumeCommand.Create(),
        ModelsCommand.Create(),
        PredictCommand.Create(),
        SubmitCommand.Create(),
        WatchCommand.Create(),
        DeadLettersCommand.Create(),
        SampleCommand.Create(),
    };

    // Their messages say what happened and what to do.
    private static bool IsExplained(Exception exception) =>
        exception is ObjectStoreException or StoreException or DeadLetterException or IOException or UnauthorizedAccessException;

    private static string? ExecutionIdOf(ParseResult parsed)
    {
        var options = parsed.CommandResult.Command.Options.OfType<Option<string?>>();
        return options.FirstOrDefault(option => option.Name == "--execution-id") is { } option ? parsed.GetValue(option) : null;
    }
}

/// <summary>
/// What a person typed or pointed at cannot be used; each reason says why and what to do. Ends the command with exit code 2.
/// </summary>
internal sealed class BadInputException(params IReadOnlyList<string> reasons) : Exception(string.Join(' ', reasons))
{
    public IReadOnlyList<string> Reasons => reasons;
}

/// <summary>What the process tells the shell.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Failed = 1;

    public const int BadInput = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells count it; the study can be resumed.</summary>
    public const int Interrupted = 130;
}
