namespace MacroCausal.Cli.Commands;

/// <summary>Asks a person on a terminal before queues are changed; elsewhere nobody can be asked.</summary>
internal static class Confirmation
{
    /// <exception cref="BadInputException">There is nobody to ask, and no <c>--yes</c>.</exception>
    public static void Check(DeadLettersChange change)
    {
        if (!change.IsConfirmed && !change.IsDryRun && Console.IsInputRedirected)
        {
            throw new BadInputException("Standard input is no terminal, so nobody can be asked: add --yes, or look first with --dry-run.");
        }
    }

    public static async Task<bool> AskAsync(DeadLettersChange change, int messages, CancellationToken cancellationToken)
    {
        if (change.IsConfirmed)
        {
            return true;
        }

        await Console.Error.WriteAsync($"{change.Verb} {(messages == 1 ? "this message" : $"these {messages} messages")}? [y/N] ").ConfigureAwait(false);
        try
        {
            // Reading a line cannot be cancelled, waiting for it can.
            var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
            return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync().ConfigureAwait(false);
            return false;
        }
    }
}
