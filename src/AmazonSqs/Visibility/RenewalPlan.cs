namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>When a message's visibility is renewed, and for how long.</summary>
/// <param name="QueueVisibility">How long the queue hides a message that was received.</param>
/// <param name="MaxRenewal">The longest that one renewal asks for.</param>
/// <param name="Limit">How long a message may be held altogether; SQS allows 12 hours.</param>
internal sealed record RenewalPlan(TimeSpan QueueVisibility, TimeSpan MaxRenewal, TimeSpan Limit)
{
    /// <summary>SQS refuses to hide a message for longer than this after it was received.</summary>
    public static readonly TimeSpan SqsLimit = TimeSpan.FromHours(12);

    /// <summary>A renewal that has no answer after this time is sent once more.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(5);

    private const double RenewAt = 0.7;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>How long after a message was received its visibility is renewed for the first time.</summary>
    public TimeSpan FirstRenewal => QueueVisibility * RenewAt;

    /// <summary>How long to hide the message from now on, when it was received <paramref name="held"/> ago; zero where the limit is reached.</summary>
    public TimeSpan Renewal(TimeSpan held)
    {
        var wanted = QueueVisibility < MaxRenewal ? QueueVisibility : MaxRenewal;
        var left = Limit - held;
        var renewal = wanted < left ? wanted : left;
        return TimeSpan.FromSeconds(Math.Max(0, Math.Floor(renewal.TotalSeconds)));
    }

    /// <summary>When to renew again after a renewal that went through.</summary>
    public static TimeSpan After(TimeSpan renewal) => renewal * RenewAt;

    /// <summary>When to try again after <paramref name="failures"/> failures in a row: 0.5, 1, 2 ... 15 seconds.</summary>
    public static TimeSpan Pause(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 6) - 1);
        return pause < LongestPause ? pause : LongestPause;
    }
}
