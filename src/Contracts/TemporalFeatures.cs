namespace MacroCausal.Contracts;

/// <summary>What <see cref="StartTraining.TemporalFeatures"/> may be: which features are made of a row's history and its date.</summary>
public static class TemporalFeatures
{
    /// <summary>The columns of the table alone.</summary>
    public const string None = "none";

    /// <summary>What cross-validation on the training rows shows to help.</summary>
    public const string Auto = "auto";

    /// <summary>Earlier targets, from the newest that is known.</summary>
    public const string Lags = "lags";

    /// <summary>Means of the newest rows of numeric columns.</summary>
    public const string Averages = "averages";

    /// <summary>Sine and cosine of the month, the quarter or the day of the week.</summary>
    public const string Calendar = "calendar";

    /// <summary>Every allowed value.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        None, Auto, Lags, Averages, Calendar, "lags,averages", "lags,calendar", "averages,calendar", "lags,averages,calendar",
    ];
}
