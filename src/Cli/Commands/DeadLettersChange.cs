using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Commands;

/// <summary>A replay or a purge, from the choice of the messages to what became of them.</summary>
/// <param name="Verb">What is done, for the person who is asked: Replay or Delete.</param>
/// <param name="To">The queue that a replay goes to; null for the one that each message came from.</param>
/// <param name="IsDryRun">Whether it is only said what would be done.</param>
/// <param name="IsConfirmed">Whether nobody is asked.</param>
internal sealed record DeadLettersChange(string Verb, string? To, bool IsDryRun, bool IsConfirmed)
{
    private bool IsReplay => Verb == "Replay";

    public async Task<int> RunAsync(HeldDeadLetters held, DeadLetterFilter filter, DeadLettersOutput output, CancellationToken cancellationToken)
    {
        var chosen = filter.Choose(held.Letters);
        output.Choice(chosen, letter => IsReplay ? HeldDeadLetters.TargetOf(letter, To) : null);
        if (!IsDryRun && chosen.Count > 0 && await Confirmation.AskAsync(this, chosen.Count, cancellationToken).ConfigureAwait(false))
        {
            await ApplyAsync(held, chosen, output, cancellationToken).ConfigureAwait(false);
        }

        output.Outcome(this, chosen, held);
        return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    private async Task ApplyAsync(HeldDeadLetters held, IReadOnlyList<DeadLetter> chosen, DeadLettersOutput output, CancellationToken cancellationToken)
    {
        try
        {
            await (IsReplay ? held.ReplayAsync(chosen, To, cancellationToken) : held.PurgeAsync(chosen, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was done is told, and the rest is given back.
        }
        catch (DeadLetterException)
        {
            output.Progress(this, held);
            throw;
        }
    }
}
