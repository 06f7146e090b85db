using System.CommandLine;
using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal deadletters</c>: the messages on AWS that no service could consume.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() => new(
        "deadletters", "List the messages on AWS that no service could consume, send them again, or delete them")
    {
        CreateList(),
        CreateChange(
            new Command("replay", "Send messages again to the queue that each came from; what fails again is listed again"),
            "Replay",
            new Option<string?>("--to") { Description = "Send them to this queue, instead of the one that each came from" }),
        CreateChange(new Command("purge", "Delete messages permanently"), "Delete", to: null),
    };

    private static Command CreateList()
    {
        var options = new DeadLettersOptions();
        var command = new Command(
            "list",
            "List messages, oldest first, and release them at once. For SQS this is a receive of each message, which is hidden meanwhile");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var held = await options.TakeAsync(parsed, cancellationToken);
            options.OutputOf(parsed).List(held.Queues, options.FilterOf(parsed).Choose(held.Letters));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateChange(Command command, string verb, Option<string?>? to)
    {
        var options = new DeadLettersOptions();
        var limit = CommonOptions.Number<int>("--limit", "Maximum number of messages, the oldest first");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say which messages it would be" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        options.AddTo(command);
        foreach (var option in new Option?[] { to, limit, dryRun, yes }.OfType<Option>())
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = to is null ? null : parsed.GetValue(to);
            var change = new DeadLettersChange(verb, target, parsed.GetValue(dryRun), parsed.GetValue(yes));
            Confirmation.Check(change.IsConfirmed || change.IsDryRun, "add --yes, or try --dry-run first");
            await using var held = await options.TakeAsync(parsed, cancellationToken);
            var filter = options.FilterOf(parsed, LimitOf(parsed.GetValue(limit)));
            return await change.RunAsync(held, filter, options.OutputOf(parsed), cancellationToken);
        });
        return command;
    }

    private static int? LimitOf(int? limit) =>
        limit is null or >= 1 ? limit : throw new BadInputException($"--limit is {limit}; it must be 1 or more.");
}

/// <summary>
/// What the commands of <c>macrocausal deadletters</c> have in common: which queues, which messages, and how long they are held.
/// </summary>
internal sealed class DeadLettersOptions
{
    // Reading a queue to its end takes a long poll at least.
    private const int MinHoldSeconds = 5;
    private const int MaxHoldSeconds = 43_200;

    private readonly Option<string[]> _queues = new("--queue")
    {
        Description = "A dead-letter queue, whatever its name; may be repeated. "
            + "Default: {queue}_error and {queue}_skipped of every service's queue, those that exist",
    };

    private readonly Option<string?> _executionId = new("--execution-id") { Description = "Only messages of this study" };
    private readonly Option<string?> _type = new("--type") { Description = "Only messages of this type, as RunTrial" };
    private readonly Option<string?> _messageId = new("--message-id") { Description = "Only this message" };

    private readonly Option<int?> _hold = CommonOptions.Number<int>(
        "--hold", "Seconds for which the messages are hidden from others while the command works; 5 to 43200. Default: 120");

    private readonly Option<bool> _json = CommonOptions.Json();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _queues, _executionId, _type, _messageId, _hold, _json })
        {
            command.Add(option);
        }
    }

    public DeadLettersOutput OutputOf(ParseResult parsed) =>
        new(parsed.GetValue(_json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

    public DeadLetterFilter FilterOf(ParseResult parsed, int? limit = null) =>
        new(parsed.GetValue(_executionId), parsed.GetValue(_type), parsed.GetValue(_messageId), limit);

    public Task<HeldDeadLetters> TakeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var queues = parsed.GetValue(_queues) ?? [];
        if (queues.Select(DeadLetterQueueNames.Refusal).OfType<string>().ToList() is { Count: > 0 } refusals)
        {
            throw new BadInputException(refusals);
        }

        return HeldDeadLetters.TakeAsync(queues, HoldOf(parsed), cancellationToken);
    }

    private TimeSpan HoldOf(ParseResult parsed) => parsed.GetValue(_hold) is not { } seconds
        ? TimeSpan.FromMinutes(2)
        : seconds is >= MinHoldSeconds and <= MaxHoldSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new BadInputException(
                $"--hold is {seconds}; it must be from {MinHoldSeconds} to {MaxHoldSeconds}, the maximum for which SQS hides a message.");
}

/// <summary>A replay or a purge, from the choice of the messages to what became of them.</summary>
/// <param name="Verb">What is done, for the person who is asked: Replay or Delete.</param>
/// <param name="To">The queue that a replay goes to; null for the one that each message came from.</param>
/// <param name="IsDryRun">Whether it is only said what would be done.</param>
/// <param name="IsConfirmed">Whether nobody is asked.</param>
internal sealed record DeadLettersChange(string Verb, string? To, bool IsDryRun, bool IsConfirmed)
{
    private bool IsReplay => Verb == "Replay";

    public async Task<int> RunAsync(
        HeldDeadLetters held, DeadLetterFilter filter, DeadLettersOutput output, CancellationToken cancellationToken)
    {
        var chosen = filter.Choose(held.Letters);
        output.Choice(chosen, letter => IsReplay ? HeldDeadLetters.TargetOf(letter, To) : null);
        if (!IsDryRun && chosen.Count > 0 && await ConfirmAsync(chosen.Count, cancellationToken))
        {
            await ApplyAsync(held, chosen, output, cancellationToken);
        }

        output.Outcome(this, chosen, held);
        return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    private async Task<bool> ConfirmAsync(int messages, CancellationToken cancellationToken) => IsConfirmed
        || await Confirmation.AskAsync($"{Verb} {(messages == 1 ? "this message" : $"these {messages} messages")}?", cancellationToken);

    private async Task ApplyAsync(
        HeldDeadLetters held, IReadOnlyList<DeadLetter> chosen, DeadLettersOutput output, CancellationToken cancellationToken)
    {
        try
        {
            await (IsReplay ? held.ReplayAsync(chosen, To, cancellationToken) : held.PurgeAsync(chosen, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was done is reported, and the rest is released.
        }
        catch (DeadLetterException)
        {
            output.Progress(this, held);
            throw;
        }
    }
}
