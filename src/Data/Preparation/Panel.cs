using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>
/// Tables of several series, such as countries by years: which series a row belongs to, and what is odd about them. Within a group the rows
/// are ordered by date; rows ahead are counted there.
/// </summary>
internal static class Panel
{
    // Of the rows: what repeats a date less often than this is an accident, not a panel.
    private const double MinRepeating = 0.1;
    private const int NamedGroups = 5;
    private const char Between = '\u001f';

    /// <summary>The group of every row of the table; null where none is asked for, or what is asked for cannot be.</summary>
    public static string[]? Groups(Table table, PrepareOptions options, RowDates time, List<string> reasons)
    {
        var before = reasons.Count;
        reasons.AddRange(options.GroupColumns.Select(name => Refusal(table, options, time, name, before > 0)).OfType<string>());
        if (options.GroupColumns.Count == 0 || reasons.Count > before) return null;
        var columns = options.GroupColumns.Select(name => Categories(table.Find(name)!)).ToList();
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        var groups = new string[table.Rows];
        for (var row = 0; row < groups.Length; row++)
        {
            var key = string.Join(Between, columns.Select(column => column[row]));
            groups[row] = shared.TryAdd(key, key) ? key : shared[key];
        }

        return groups;
    }

    /// <summary>What <c>; 3 groups by 'country'</c> adds to the sentence on dates.</summary>
    public static string Summary(PrepareOptions options, IEnumerable<string> groups) =>
        Invariant($"{groups.Distinct(StringComparer.Ordinal).Count()} groups by {Quoted(options.GroupColumns)}");

    /// <summary>What is odd about groups: rows without one, rows that repeat group and date.</summary>
    public static IEnumerable<string> Warnings(Table table, PrepareOptions options, int[] rows, int repeats)
    {
        foreach (var column in options.GroupColumns.Select(table.Find).OfType<Column>())
        {
            var missing = rows.Count(column.IsMissing);
            if (missing == 0) continue;
            yield return $"{Counted(missing, "row has", "rows have")} no '{column.Name}'; rows without one count as one group. " +
                "Fill the column or drop the rows.";
        }

        if (repeats > 0)
        {
            yield return Repeats(options, repeats) + "name what tells them apart with another --group, or drop the repeated rows.";
        }
    }

    /// <summary>Why rows ahead cannot be counted where a date repeats within a group.</summary>
    public static string Uncountable(Table table, PrepareOptions options, int[] rows, DateTimeOffset[] dates, int repeats) =>
        Repeats(options, repeats) +
        (options.GroupColumns.Count == 0 && Key(table, rows, dates, options) is { } key
            ? $"rows ahead cannot be counted then: add --group '{key}' (groupColumns)."
            : "rows ahead cannot be counted then: name what tells them apart with --group (groupColumns), or drop the repeated rows.");

    /// <summary>Asks for the groups of a table that looks like a panel; null where it does not.</summary>
    public static string? AskForGroups(Table table, PrepareOptions options, int[] rows, DateTimeOffset[] dates)
    {
        var counts = dates.CountBy(date => date).Select(count => count.Value).ToList();
        var repeating = rows.Length - counts.Count;
        if (counts.Count < 2 || repeating < MinRepeating * rows.Length) return null;
        var key = Key(table, rows, dates, options);
        if (key is null && counts.Exists(count => count != counts[0])) return null;
        var apart = key is null ? "every date has as many rows" : $"'{key}' tells them apart";
        return Invariant($"Looks like a panel: {repeating} of {rows.Length} rows repeat a date, and {apart}. ") +
            $"Say --group {(key is null ? "NAME" : $"'{key}'")} (groupColumns), so that rows of one series are known to belong together.";
    }

    /// <summary>Groups that occur after the training rows only.</summary>
    public static IEnumerable<string> Unseen(WarningInput input)
    {
        if (input.Groups is not { } groups) yield break;
        var seen = groups.Take(input.TrainRows).ToHashSet(StringComparer.Ordinal);
        var later = groups[input.Validation].Distinct(StringComparer.Ordinal).ToList();
        var unseen = later.Where(group => !seen.Contains(group)).ToList();
        if (unseen.Count == 0) yield break;
        var rows = groups[input.Validation].Count(group => !seen.Contains(group));
        var named = string.Join(", ", unseen.Take(NamedGroups).Select(group => $"'{group.Replace(Between, ' ')}'"));
        yield return Invariant($"{unseen.Count} of {Counted(later.Count, "group", "groups")} on the validation rows ") +
            Invariant($"{(unseen.Count == 1 ? "is" : "are")} not among the training rows ({named}") +
            Invariant($"{(unseen.Count > NamedGroups ? ", ..." : "")}; {Counted(rows, "row", "rows")}). ") +
            "Their losses say how the model does on series that it never saw; drop them if that is not the question.";
    }

    /// <summary>A number and its noun.</summary>
    public static string Counted(int count, string one, string many) => Invariant($"{count} {(count == 1 ? one : many)}");

    private static string? Refusal(
        Table table, PrepareOptions options, RowDates time, string name, bool isRefused) => table.Find(name) switch
        {
            null => MissingColumn.Sentence(table, "group", name),
            _ when name == options.Target || name == time.Column =>
                $"The group column '{name}' is the {(name == time.Column ? "date column" : "target")}; "
                + "name the column that says which series a row is of.",
            DateColumn or UnsupportedColumn =>
                $"The group column '{name}' holds {table.Find(name)!.Type}, not names; name a column of text or whole numbers.",
            _ when time.Column is null && !isRefused =>
                $"Groups by '{name}' need dates, and no column dates the rows: name one with --date (dateColumn), or leave --group out.",
            _ => null,
        };

    private static string Repeats(PrepareOptions options, int repeats) => options.GroupColumns.Count == 0
        ? $"{Counted(repeats, "row repeats", "rows repeat")} the date of another: "
        : $"{Counted(repeats, "row repeats", "rows repeat")} the date and the group ({Quoted(options.GroupColumns)}) of another: ";

    // The first column that, with the date, tells all rows apart; its values must come back at other dates, or it would be an id.
    private static string? Key(Table table, int[] rows, DateTimeOffset[] dates, PrepareOptions options)
    {
        string[] others = [options.Target, .. options.IgnoredColumns];
        return table.Columns.Where(column => !others.Contains(column.Name, StringComparer.Ordinal))
            .Where(column => column is TextColumn or NumberColumn { IsInteger: true }).OrderBy(column => column is TextColumn ? 0 : 1)
            .FirstOrDefault(column => IsKey(column, rows, dates))?.Name;
    }

    private static bool IsKey(Column column, int[] rows, DateTimeOffset[] dates)
    {
        var seen = new HashSet<(DateTimeOffset, string)>(rows.Length);
        var values = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Length; i++)
        {
            if (Cells.Category(column, rows[i]) is not { } value || !seen.Add((dates[i], value))) return false;
            if (values.Add(value) && values.Count * 2 > rows.Length) return false;
        }

        return values.Count > 1;
    }

    private static string?[] Categories(Column column) => [.. Enumerable.Range(0, column.Count).Select(row => Cells.Category(column, row))];

    private static string Quoted(IEnumerable<string> names) => string.Join(" and ", names.Select(name => $"'{name}'"));
}
