namespace MacroCausal.Data.Preparation;

/// <summary>One column of the table: what it is and what became of it.</summary>
public sealed record ColumnProfile
{
    public required string Name { get; init; }

    /// <summary>What the cells are: number, integer, boolean, text, date, or a type that is not supported.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it became a feature.</summary>
    public required bool Kept { get; init; }

    /// <summary>Why not.</summary>
    public string? Reason { get; init; }

    /// <summary>Share of the rows with a target in which it is null or not finite, 0 to 1.</summary>
    public required double MissingShare { get; init; }

    /// <summary>Number of categories, where it is one.</summary>
    public int? Categories { get; init; }
}
