using System.CommandLine;
using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Commands;

/// <summary>What the commands of <c>macrocausal deadletters</c> have in common: which queues, which messages, and how long they are held.</summary>
internal sealed class DeadLettersOptions
{
    // Looking into a queue to its end takes a long poll at least.
    private const int MinHoldSeconds = 5;
    private const int MaxHoldSeconds = 43_200;

    private readonly Option<string[]> _queues = new("--queue")
    {
        Description = "A dead-letter queue, whatever its name; may be repeated. Default: {queue}_error and {queue}_skipped of every service's queue, those that exist",
    };

    private readonly Option<string?> _executionId = new("--execution-id") { Description = "Only messages of this study" };
    private readonly Option<string?> _type = new("--type") { Description = "Only messages of this type, as RunTrial" };
    private readonly Option<string?> _messageId = new("--message-id") { Description = "Only this message" };

    private readonly Option<int?> _hold = CommonOptions.Number<int>(
        "--hold", "Seconds for which the messages are hidden from others while the command looks at them; 5 to 43200. Default: 120");

    private readonly Option<bool> _json = CommonOptions.Json();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _queues, _executionId, _type, _messageId, _hold, _json })
        {
            command.Add(option);
        }
    }

    public DeadLettersOutput OutputOf(ParseResult parsed) => new(parsed.GetValue(_json), Console.Out, Console.Error);

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
            : throw new BadInputException($"--hold is {seconds}; it must be from {MinHoldSeconds} to {MaxHoldSeconds}, the longest that SQS hides a message.");
}
