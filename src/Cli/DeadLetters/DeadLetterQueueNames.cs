namespace MacroCausal.Cli.DeadLetters;

/// <summary>The queues beside a service's queue that take what it could not consume.</summary>
internal static class DeadLetterQueueNames
{
    private static readonly string[] Services =
        [QueueNames.StartTraining, QueueNames.Study, QueueNames.PrepareData, QueueNames.RunTrial, QueueNames.RegisterModel];

    // What a consumer failed at, or SQS took away because nobody finished it; and what no consumer knows.
    private static readonly string[] Suffixes = ["_error", "_skipped"];

    /// <summary>All that the services and their infrastructure make.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Services.SelectMany(service => Suffixes.Select(suffix => service + suffix))];

    /// <summary>The queue that a dead-letter queue belongs to by its name, or null.</summary>
    public static string? Owner(string queue) =>
        Suffixes.FirstOrDefault(suffix => queue.Length > suffix.Length && queue.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix
            ? queue[..^suffix.Length]
            : null;

    /// <summary>Why messages of a queue must not be held, or null: those of a live queue are on their way to a consumer.</summary>
    public static string? Refusal(string queue) => Services.Contains(queue)
        ? $"'{queue}' is the queue of a service, whose messages are on their way; what failed there is in '{queue}_error' or '{queue}_skipped'."
        : null;
}
