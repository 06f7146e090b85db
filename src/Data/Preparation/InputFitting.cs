using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Preparation;

/// <summary>Learns one column on the training rows, or says why it is no feature.</summary>
internal static class InputFitting
{
    public const int MostCategories = 50;
    private const double LeastFlaggedShare = 0.01;
    private const int LeastFlaggedRows = 5;

    /// <summary>What was learned, or the reason against the column.</summary>
    public static (InputColumn? Input, string? Reason) Fit(Column column, IReadOnlyList<int> rows, bool isCategory) => column switch
    {
        UnsupportedColumn => (null, $"unsupported type: {column.Type}"),
        DateColumn => (null, "a date, but not the date column"),
        _ when Cells.AllMissing(column, rows) => (null, "no value in the training rows"),
        TextColumn => FitCategories(column, rows),
        NumberColumn when isCategory => FitCategories(column, rows),
        BooleanColumn => FitNumbers(column, rows, InputKind.Boolean),
        _ => FitNumbers(column, rows, InputKind.Number),
    };

    private static (InputColumn? Input, string? Reason) FitCategories(Column column, IReadOnlyList<int> rows)
    {
        var values = rows.Select(row => Cells.Category(column, row)).Distinct(StringComparer.Ordinal).ToList();
        var categories = values.OfType<string>().Order(StringComparer.Ordinal).ToList();
        if (values.Count == 1)
            return (null, "constant in the training rows");
        return categories.Count > MostCategories
            ? (null, $"more than {MostCategories} categories in the training rows ({categories.Count})")
            : (new InputColumn { Name = column.Name, Kind = InputKind.Category, Categories = categories }, null);
    }

    private static (InputColumn? Input, string? Reason) FitNumbers(Column column, IReadOnlyList<int> rows, InputKind kind)
    {
        var present = Cells.Numbers(column, rows).Where(double.IsFinite).Order().ToArray();
        if (Moments.Of(present).Scale == 0 || present[0] == present[^1])
            return (null, "constant in the training rows");
        var missing = rows.Count - present.Length;
        return (new InputColumn
        {
            Name = column.Name,
            Kind = kind,
            Median = Moments.Median(present),
            HasMissingFlag = missing >= LeastFlaggedRows && missing >= LeastFlaggedShare * rows.Count,
        }, null);
    }
}
