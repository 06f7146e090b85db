using System.CommandLine;
using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal deadletters</c>: the messages on AWS that nobody could consume.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() => new("deadletters", "Look at the messages on AWS that nobody could consume, send them again, or delete them")
    {
        CreateList(),
        CreateChange(
            new Command("replay", "Send messages again to the queue that each came from; what fails again is listed again"),
            "Replay",
            new Option<string?>("--to") { Description = "Send them to this queue, instead of the one that each came from" }),
        CreateChange(new Command("purge", "Delete messages for good"), "Delete", to: null),
    };

    private static Command CreateList()
    {
        var options = new DeadLettersOptions();
        var command = new Command(
            "list", "List messages, oldest first, and give them back at once. For SQS looking is receiving: it counts as a receive of each message, and hides it for that moment");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var held = await options.TakeAsync(parsed, cancellationToken).ConfigureAwait(false);
            options.OutputOf(parsed).List(held.Queues, options.FilterOf(parsed).Choose(held.Letters));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateChange(Command command, string verb, Option<string?>? to)
    {
        var options = new DeadLettersOptions();
        var limit = CommonOptions.Number<int>("--limit", "At most so many, the oldest first");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say which messages it would be" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        options.AddTo(command);
        foreach (var option in new Option?[] { to, limit, dryRun, yes }.OfType<Option>())
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var change = new DeadLettersChange(verb, to is null ? null : parsed.GetValue(to), parsed.GetValue(dryRun), parsed.GetValue(yes));
            Confirmation.Check(change);
            await using var held = await options.TakeAsync(parsed, cancellationToken).ConfigureAwait(false);
            return await change.RunAsync(held, options.FilterOf(parsed, LimitOf(parsed.GetValue(limit))), options.OutputOf(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static int? LimitOf(int? limit) => limit is null or >= 1 ? limit : throw new BadInputException($"--limit is {limit}; it must be 1 or more.");
}
