namespace MacroCausal.Cli.DeadLetters;

/// <summary>Which messages are meant; what is null does not matter.</summary>
internal sealed record DeadLetterFilter(string? ExecutionId, string? Type, string? MessageId, int? Limit)
{
    /// <summary>Those that are meant, the oldest first.</summary>
    public IReadOnlyList<DeadLetter> Choose(IEnumerable<DeadLetter> letters) =>
    [
        .. letters.Where(Matches)
            .OrderBy(letter => letter.FaultedAt ?? letter.SentAt)
            .ThenBy(letter => letter.SqsMessageId, StringComparer.Ordinal)
            .Take(Limit ?? int.MaxValue),
    ];

    private bool Matches(DeadLetter letter) =>
        (ExecutionId is null || letter.ExecutionId == ExecutionId)
        && (Type is null || string.Equals(letter.Type, Type, StringComparison.OrdinalIgnoreCase))
        && (MessageId is null || letter.MessageId == MessageId || letter.SqsMessageId == MessageId);
}
