namespace MacroCausal.Cli;

/// <summary>What a person typed or pointed at cannot be used; each reason says why and what to do. Ends the command with exit code 2.</summary>
internal sealed class BadInputException(params IReadOnlyList<string> reasons) : Exception(string.Join(' ', reasons))
{
    public IReadOnlyList<string> Reasons => reasons;
}
