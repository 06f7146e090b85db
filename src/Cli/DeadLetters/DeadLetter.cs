namespace MacroCausal.Cli.DeadLetters;

/// <summary>A message that no service could consume, as a person needs to see it.</summary>
internal sealed record DeadLetter
{
    /// <summary>Id of the message as its sender knows it; SQS's own where the body names none.</summary>
    public required string MessageId { get; init; }

    /// <summary>Id that SQS gave it in the queue that it lies in now.</summary>
    public required string SqsMessageId { get; init; }

    /// <summary>The queue that it lies in.</summary>
    public required string Queue { get; init; }

    /// <summary>The queue that it came from; null where nothing says so.</summary>
    public required string? From { get; init; }

    /// <summary>Short name of its type, as RunTrial; null for plain JSON, which has none.</summary>
    public required string? Type { get; init; }

    public required string? ExecutionId { get; init; }

    public required int? Trial { get; init; }

    /// <summary>When it came into this queue; null where SQS itself moved it and keeps that to itself.</summary>
    public required DateTimeOffset? FaultedAt { get; init; }

    /// <summary>What SQS says of its sending: for a message that SQS moved itself, the first one.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>Why it is here, in one line.</summary>
    public required string Error { get; init; }
}

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
