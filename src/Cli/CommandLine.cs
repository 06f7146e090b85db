using System.CommandLine;
using System.Runtime.InteropServices;
using MacroCausal.Cli.Commands;
using MacroCausal.Cli.DeadLetters;
using MacroCausal.Storage;

namespace MacroCausal.Cli;

/// <summary>Runs what was typed and turns every error into lines, where that is asked for a JSON line, and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Maximum wait for a clean stop after Ctrl-C: the running epochs, their checkpoints, the records.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Runs a command as a process of its own, on its standard streams. Ctrl-C and SIGTERM ask it to stop; a second one, or a minute, ends
    /// it. System.CommandLine's own handling may return before the command has said how it stopped.
    /// </summary>
    public static async Task<int> RunProcessAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        var isTerminated = false;
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var (output, error) = GuardedWriter.ForProcess();
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        var running = RunAsync(args, configuration, stop.Token);
        var overdue = OverdueAsync(stop.Token);
        var exitCode = await Task.WhenAny(running, overdue) == running ? await running : ExitCodes.Interrupted;
        return exitCode == ExitCodes.Interrupted && isTerminated ? ExitCodes.Terminated : exitCode;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            isTerminated |= signal.Signal == PosixSignal.SIGTERM;
            stop.Cancel();
        }
    }

    private static async Task OverdueAsync(CancellationToken stop)
    {
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.Delay(StopTimeout, CancellationToken.None);
    }

    public static async Task<int> RunAsync(
        string[] args, InvocationConfiguration configuration, CancellationToken cancellationToken = default)
    {
        var parsed = CreateRoot().Parse(args.Length == 0 ? ["--help"] : args);
        var output = new StudyOutput(parsed.Tokens.Any(token => token.Value == "--json"), configuration);
        string[] reasons = [.. Mistyped.Reasons(parsed)];
        if (reasons.Length > 0) return output.Refuse(null, reasons, ExitCodes.BadInput);

        try
        {
            var exitCode = await parsed.InvokeAsync(configuration, cancellationToken);
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
        StudiesCommand.Create(),
        TrialsCommand.Create(),
        ModelsCommand.Create(),
        ReportCommand.Create(),
        DashboardCommand.Create(),
        PredictCommand.Create(),
        SettingsCommand.Create(),
        SubmitCommand.Create(),
        WatchCommand.Create(),
        OrchestrateCommand.Create(),
        DeadLettersCommand.Create(),
        SampleCommand.Create(),
    };

    // Their messages say what happened and what to do.
    private static bool IsExplained(Exception exception) =>
        exception is ObjectStoreException or StoreException or DeadLetterException or IOException or UnauthorizedAccessException;

    private static string? ExecutionIdOf(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Options.OfType<Option<string?>>().FirstOrDefault(option => option.Name == "--execution-id") is { } option)
        {
            return parsed.GetValue(option);
        }

        return command.Arguments.OfType<Argument<string>>().FirstOrDefault(argument => argument.Name == "study") is { } study
            ? parsed.GetValue(study)
            : null;
    }
}

/// <summary>What is wrong with a command line, and what was probably meant.</summary>
internal static class Mistyped
{
    /// <summary>A sentence for everything that could not be understood.</summary>
    public static IEnumerable<string> Reasons(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string[] tokens = [.. TakenForArguments(parsed, command), .. parsed.UnmatchedTokens];
        var unknown = Unknown(tokens, command).ToList();
        var others = parsed.Errors.Select(error => error.Message)
            .Where(message => !tokens.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal)));
        return unknown.Count > 0 && command.Subcommands.Count > 0
            ? unknown
            : unknown.Concat(others.Select(message => command.Subcommands.Count > 0 ? NeedsCommand(command) : message));
    }

    // The parser takes an unknown option for an argument where the command has one; "-" alone is standard input.
    private static IEnumerable<string> TakenForArguments(ParseResult parsed, Command command) => command.Arguments
        .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).Select(token => token.Value)
        .Where(token => token.Length > 1 && token.StartsWith('-'));

    // What follows an unknown option may be its value.
    private static IEnumerable<string> Unknown(IReadOnlyList<string> tokens, Command command)
    {
        var options = tokens.Where(token => token.StartsWith('-')).ToList();
        return command.Subcommands.Count > 0 && tokens.FirstOrDefault(token => !token.StartsWith('-')) is { } mistyped
            ? [UnknownCommand(mistyped, command)]
            : options.Count > 0
                ? options.Select(token => UnknownOption(token, command))
                : tokens.Select(token => $"'{token}' was not expected here; '{PathOf(command)} --help' shows what is.");
    }

    private static string UnknownCommand(string token, Command command) =>
        $"There is no command '{PathOf(command)} {token}'{Spelling.Question(token, command.Subcommands.Select(other => other.Name))} "
        + $"'{PathOf(command)} --help' lists all.";

    private static string UnknownOption(string token, Command command)
    {
        var name = token.Split('=', ':')[0];
        return $"'{PathOf(command)}' has no option '{name}'{Spelling.Question(name, command.Options.Select(option => option.Name))} "
            + $"'{PathOf(command)} --help' lists all.";
    }

    private static string NeedsCommand(Command command) =>
        $"'{PathOf(command)}' needs one of its commands: {string.Join(", ", command.Subcommands.Select(other => other.Name))}.";

    private static string PathOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? $"{PathOf(parent)} {command.Name}"
        : "macrocausal";
}

/// <summary>
/// What a person or a program typed or pointed at cannot be used; each reason says why and what to do. Ends the command with exit code 2.
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

    /// <summary>Ended by Ctrl-C, as shells count it; the study can be resumed.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM, as shells count it; the study can be resumed.</summary>
    public const int Terminated = 143;
}
