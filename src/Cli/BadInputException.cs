namespace MacroCausal.Cli;

/// <summary>What a person typed or pointed at cannot be used; the message says why and what to do. Ends the command with exit code 2.</summary>
internal sealed class BadInputException(string message) : Exception(message);
