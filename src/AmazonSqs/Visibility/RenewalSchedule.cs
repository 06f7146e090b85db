namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>When a message's visibility is renewed, and for how long.</summary>
/// <param name="QueueVisibility">How long the queue hides a message that was received.</param>
/// <param name="MaxExtension">The maximum time that one renewal asks for.</param>
/// <param name="Limit">The maximum time that a message is held altogether; SQS allows 12 hours.</param>
internal sealed record RenewalSchedule(TimeSpan QueueVisibility, TimeSpan MaxExtension, TimeSpan Limit)
{
    /// <summary>SQS refuses to hide a message for longer than this after it was received.</summary>
    public static readonly TimeSpan MaxSqsVisibility = TimeSpan.FromHours(12);

    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(15);

    /// <summary>A renewal is sent when this fraction of the visibility has passed. Default: 0.7.</summary>
    public double RenewalFraction { get; init; } = 0.7;

    /// <summary>A renewal without an answer after this time is sent again. Default: 5 seconds.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after the first failure; it doubles with each failure in a row. Default: 0.5 seconds.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after a message was received its visibility is renewed for the first time.</summary>
    public TimeSpan FirstRenewal => NextRenewal(QueueVisibility);

    /// <summary>How long after a successful renewal by <paramref name="extension"/> the next one follows.</summary>
    public TimeSpan NextRenewal(TimeSpan extension) => extension * RenewalFraction;

    /// <summary>
    /// How long to hide the message from now on, in whole seconds, when it was received <paramref name="held"/> ago; zero where the limit
    /// is reached.
    /// </summary>
    public TimeSpan Extension(TimeSpan held)
    {
        var wanted = QueueVisibility < MaxExtension ? QueueVisibility : MaxExtension;
        var left = Limit - held;
        var extension = wanted < left ? wanted : left;
        return TimeSpan.FromSeconds(Math.Max(0, Math.Floor(extension.TotalSeconds)));
    }

    /// <summary>The pause after <paramref name="failures"/> failures in a row: 0.5, 1, 2 ... at most 15 seconds.</summary>
    public TimeSpan Backoff(int failures)
    {
        var pause = InitialBackoff * Math.Pow(2, Math.Min(failures, 6) - 1);
        return pause < MaxBackoff ? pause : MaxBackoff;
    }
}
