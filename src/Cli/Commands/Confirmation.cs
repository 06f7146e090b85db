namespace MacroCausal.Cli.Commands;

/// <summary>Asks the person at a terminal before something is changed for good; elsewhere nobody can be asked.</summary>
internal static class Confirmation
{
    /// <param name="isGiven">Whether nobody needs to be asked.</param>
    /// <param name="remedy">What to do where nobody can be asked.</param>
    /// <exception cref="BadInputException">There is nobody to ask.</exception>
    public static void Check(bool isGiven, string remedy)
    {
        if (!isGiven && Console.IsInputRedirected)
        {
            throw new BadInputException($"Standard input is no terminal, so nobody can be asked: {remedy}.");
        }
    }

    /// <summary>The person's answer; no where the command is interrupted.</summary>
    public static async Task<bool> AskAsync(string question, CancellationToken cancellationToken)
    {
        await Console.Error.WriteAsync($"{question} [y/N] ");
        try
        {
            // Reading a line cannot be cancelled, waiting for it can.
            var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
            return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync();
            return false;
        }
    }
}
