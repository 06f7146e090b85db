namespace MacroCausal.Contracts;

/// <summary>What <see cref="StartTraining.ResidualOf"/> may be: the baseline of which the networks learn what it leaves.</summary>
public static class ResidualBaselines
{
    /// <summary>Of none: they learn the target.</summary>
    public const string None = "none";

    /// <summary>
    /// Of the autoregression where it leaves a tenth of the target's variance on the training rows or less, else of none: where the target
    /// is a level.
    /// </summary>
    public const string Auto = "auto";

    /// <summary>Of the autoregression.</summary>
    public const string Autoregression = "ar";

    /// <summary>Of the newest target that is known.</summary>
    public const string LastValue = "lastValue";

    /// <summary>Of a ridge regression on the table's own columns.</summary>
    public const string Ridge = "ridge";

    /// <summary>Every allowed value.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, Auto, Autoregression, LastValue, Ridge];
}
