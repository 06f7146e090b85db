using System.Text.Json;

namespace MacroCausal.Data.Preparation;

/// <summary>What was found in a table, a line for every column: <c>profile.json</c>. <see cref="Summarize"/> is what fits in a message.</summary>
public sealed record TableProfile
{
    private const int MostDropped = 50;

    public required int Rows { get; init; }

    public required int RowsWithoutTarget { get; init; }

    /// <summary>Mean of the target over the rows kept, in its own unit.</summary>
    public required double TargetMean { get; init; }

    /// <summary>Population variance of the target over the rows kept.</summary>
    public required double TargetVariance { get; init; }

    public DateRange? TrainDates { get; init; }

    public DateRange? ValidationDates { get; init; }

    public DateRange? TestDates { get; init; }

    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>The summary for a message.</summary>
    public DataProfile Summarize()
    {
        var dropped = Columns.Where(column => !column.Kept).ToList();
        return new DataProfile
        {
            Rows = Rows,
            RowsWithoutTarget = RowsWithoutTarget,
            Columns = Columns.Count,
            ColumnsKept = Columns.Count - dropped.Count,
            Dropped = [.. dropped.Take(MostDropped).Select(column => new DroppedColumn(column.Name, column.Reason ?? ""))],
            ColumnsDropped = dropped.Count,
            MissingShare = Columns.Where(column => column.Kept).Select(column => column.MissingShare).DefaultIfEmpty().Average(),
            TargetMean = TargetMean,
            TargetVariance = TargetVariance,
            TrainDates = TrainDates,
            ValidationDates = ValidationDates,
            TestDates = TestDates,
        };
    }

    /// <summary>The content of <c>profile.json</c>; the same profile gives the same bytes.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DataJson.Options);
}
