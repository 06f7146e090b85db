namespace MacroCausal.Cli;

/// <summary>What the process tells the shell.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Failed = 1;

    public const int BadInput = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells count it; the study can be resumed.</summary>
    public const int Interrupted = 130;
}
