using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests;

/// <summary>
/// A gold table as the pipeline writes it: the real one where this machine has it, else one of the same kinds of columns.
/// </summary>
internal static class Gold
{
    private const string RealFile = "gold-fred-md-2019-12.parquet";

    /// <summary>Whether this machine has the real one.</summary>
    public static bool IsReal => RealPath() is not null;

    public static async Task<byte[]> BytesAsync()
    {
        if (RealPath() is { } path) return await File.ReadAllBytesAsync(path);
        using var stream = new MemoryStream();
        await ParquetTable.WriteAsync(Synthetic(), stream);
        return stream.ToArray();
    }

    public static async Task<Table> TableAsync() => await ParquetTable.ReadAsync(new MemoryStream(await BytesAsync()), "gold");

    /// <summary>
    /// Rows out of order, nulls, infinities, booleans, regimes, an all-null and a constant column, rows without a target.
    /// </summary>
    public static Table Synthetic(int rows = 300, int features = 12, int seed = 7)
    {
        var random = new Random(seed);
        var months = Enumerable.Range(0, rows).ToArray();
        random.Shuffle(months);
        var numbers = Enumerable.Range(0, features).Select(_ => months.Select(_ => random.NextDouble() * 10).ToArray()).ToArray();
        var target = months.Select((_, row) =>
            row % 29 == 3 ? double.NaN : (2 * numbers[0][row]) - numbers[1 % features][row] + random.NextDouble()).ToArray();
        foreach (var row in Enumerable.Range(0, rows).Where(row => row % 17 == 0))
        {
            numbers[^1][row] = row % 2 == 0 ? double.NaN : double.PositiveInfinity;
        }

        return new Table(
        [
            new DateColumn("date",
                [.. months.Select(month => (DateTimeOffset?)new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(month))]),
            new TextColumn("execution_id", [.. months.Select(_ => "e-1")]),
            new NumberColumn("target", target),
            .. numbers.Select((values, j) => new NumberColumn($"f{j}", values)),
            new BooleanColumn("recession", [.. months.Select(month => (bool?)(month % 5 == 0))]),
            new TextColumn("regime",
                [.. months.Select(month => month % 3 == 0 ? "high_inflation" : month % 7 == 0 ? null : "low_inflation")]),
            new NumberColumn("empty", [.. months.Select(_ => double.NaN)]),
            new NumberColumn("constant", [.. months.Select(_ => 4.0)]),
        ]);
    }

    private static string? RealPath()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "MacroCausal.sln")))
        {
            root = root.Parent;
        }

        var path = root is null ? null : Path.Combine(root.FullName, "..", "shared", "data", RealFile);
        return File.Exists(path) ? path : null;
    }
}
