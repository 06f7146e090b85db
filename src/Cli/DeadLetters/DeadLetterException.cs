namespace MacroCausal.Cli.DeadLetters;

/// <summary>A queue could not be used; the message names it, the action, the reason and the remedy. Ends the command with exit code 1.</summary>
internal sealed class DeadLetterException(string message, Exception innerException) : Exception(message, innerException);
