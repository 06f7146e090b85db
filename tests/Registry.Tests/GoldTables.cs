using MacroCausal.Data.Tables;

namespace MacroCausal.Registry.Tests;

/// <summary>Gold tables with every kind of column that the pipeline writes.</summary>
internal static class GoldTables
{
    /// <summary>
    /// Rows out of order, nulls, infinities, booleans, regimes, integer categories, a text of more than 50 values, empty and
    /// constant columns, rows without a target.
    /// </summary>
    public static Table Synthetic(int rows = 240)
    {
        var random = new Random(7);
        var months = Enumerable.Range(0, rows).ToArray();
        random.Shuffle(months);
        double[] Numbers() => [.. months.Select(_ => random.NextDouble() * 10)];
        var (growth, rate, gaps) = (Numbers(), Numbers(), Numbers());
        for (var row = 0; row < rows; row += 7)
        {
            gaps[row] = row % 2 == 0 ? double.NaN : double.PositiveInfinity;
        }

        return new Table(
        [
            new DateColumn("date",
                [.. months.Select(month => (DateTimeOffset?)new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(month))]),
            new TextColumn("execution_id", [.. months.Select(_ => "e-1")]),
            new TextColumn("regime",
                [.. months.Select(month => month % 3 == 0 ? "high_inflation" : month % 7 == 0 ? null : "low_inflation")]),
            new NumberColumn("growth", growth),
            new NumberColumn("target", [.. months.Select((_, row) =>
                row % 29 == 3 ? double.NaN : 1000 + (20 * growth[row]) - (10 * rate[row]) + random.NextDouble())]),
            new NumberColumn("quarter", [.. months.Select(month => month % 11 == 5 ? double.NaN : 1.0 + (month % 4))], isInteger: true),
            new BooleanColumn("recession", [.. months.Select(month => month % 13 == 2 ? null : (bool?)(month % 5 == 0))]),
            new NumberColumn("rate", rate),
            new NumberColumn("gaps", gaps),
            new NumberColumn("half", [.. months.Select(month => 0.5 * (month % 3))]),
            new NumberColumn("empty", [.. months.Select(_ => double.NaN)]),
            new NumberColumn("constant", [.. months.Select(_ => 4.0)]),
            new TextColumn("city", [.. months.Select(month => month % 17 == 0 ? null : $"city {month * 3 % 70}")]),
        ]);
    }

    public static async Task<byte[]> SyntheticFileAsync()
    {
        var stream = new MemoryStream();
        await ParquetTable.WriteAsync(Synthetic(), stream);
        return stream.ToArray();
    }
}
