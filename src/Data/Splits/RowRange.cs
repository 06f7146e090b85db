namespace MacroCausal.Data.Splits;

/// <summary>Consecutive rows.</summary>
public readonly record struct RowRange(int Start, int Count)
{
    /// <summary>The row after the last.</summary>
    public int End => Start + Count;

    /// <summary>A range from its two ends; empty where they cross.</summary>
    public static RowRange Between(int start, int end) => new(start, Math.Max(0, end - start));
}
