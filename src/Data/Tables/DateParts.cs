namespace MacroCausal.Data.Tables;

/// <summary>
/// The date of rows whose year stands in one column and whose quarter, or month and day, in others, as many public tables have it.
/// </summary>
internal static class DateParts
{
    private const string DateName = "date";
    private const int FirstYear = 1600;
    private const int LastYear = 2199;
    private const int MonthsOfQuarter = 3;

    private static readonly string[] YearNames = ["year", "yr"];
    private static readonly string[] QuarterNames = ["quarter", "qtr"];
    private static readonly string[] MonthNames = ["month", "mon"];
    private static readonly string[] DayNames = ["day"];

    /// <summary>
    /// The columns with a column <c>date</c> before them, where they have none yet and whole numbers called year and quarter, or year and
    /// month, or year, month and day date every row. Adds a warning that says so.
    /// </summary>
    /// <param name="columns">The columns of a table.</param>
    /// <param name="warnings">What is odd about it.</param>
    public static IReadOnlyList<Column> WithDate(IReadOnlyList<Column> columns, List<string> warnings)
    {
        bool IsDate(Column column) => column is DateColumn || column.Name.Equals(DateName, StringComparison.OrdinalIgnoreCase);
        if (columns.Any(IsDate) || Find(columns, YearNames, FirstYear, LastYear) is not { } year) return columns;
        var quarter = Find(columns, QuarterNames, 1, 4);
        var month = Find(columns, MonthNames, 1, 12);
        var day = month is null ? null : Find(columns, DayNames, 1, 31);

        // A month says more than the quarter beside it.
        NumberColumn[] parts = [.. new[] { year, month ?? quarter, day }.OfType<NumberColumn>()];
        if (parts.Length < 2) return columns;
        var dates = new DateTimeOffset?[year.Count];
        for (var row = 0; row < dates.Length; row++)
        {
            var first = month is null ? ((int)(quarter!.Values[row] - 1) * MonthsOfQuarter) + 1 : (int)month.Values[row];
            var (number, of) = ((int)year.Values[row], day is null ? 1 : (int)day.Values[row]);
            if (of > DateTime.DaysInMonth(number, first)) return columns;
            dates[row] = new DateTimeOffset(number, first, of, 0, 0, 0, TimeSpan.Zero);
        }

        warnings.Add(
            $"The rows are dated by {string.Join(", ", parts.Select(part => $"'{part.Name}'"))} together, in a column 'date' that was "
            + "added. They are features all the same: leave out with --ignore (ignoredColumns) what the model should not see.");
        return [new DateColumn(DateName, dates), .. columns];
    }

    // The only column of one of these names, where every row has a whole number in its range.
    private static NumberColumn? Find(IReadOnlyList<Column> columns, string[] names, int low, int high)
    {
        var named = columns.Where(column => names.Contains(column.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        return named is [NumberColumn { IsInteger: true } numbers] && numbers.Values.All(value => value >= low && value <= high)
            ? numbers
            : null;
    }
}
