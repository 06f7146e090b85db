using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>The rows that have a target, by date, then by group; rows that share both keep the table's order.</summary>
/// <param name="Rows">Their numbers in the table, [N].</param>
/// <param name="Targets">What is to be predicted at each of them, [N]: the row's own target, or that of a later row of its group.</param>
/// <param name="Time">Where their dates come from, and the dates.</param>
/// <param name="Groups">Their groups, [N]; null where the table is one series.</param>
/// <param name="WithoutTarget">Rows of the table that are not among them.</param>
/// <param name="Warnings">What is odd about their order.</param>
internal sealed record RowSelection(
    int[] Rows, double[] Targets, RowDates Time, string[]? Groups, int WithoutTarget, IReadOnlyList<string> Warnings)
{
    /// <summary>Dates of <see cref="Rows"/>; null where file order is taken as time.</summary>
    public DateTimeOffset[]? Dates => Time.Values;

    /// <summary>
    /// Selects the rows and adds the reasons against target, dates and groups. Where the target itself is at fault all rows count, so that
    /// what else is wrong is found too.
    /// </summary>
    public static RowSelection Of(Table table, PrepareOptions options, List<string> reasons)
    {
        TargetColumn.Check(table, options.Target, reasons);
        var rows = RowsWithTarget(table, options.Target);
        if (table.Rows == 0)
        {
            reasons.Add("The table has no rows; write some.");
        }
        else if (rows.Length == 0)
        {
            reasons.Add(
                $"No row has a target: '{options.Target}' is null or not finite in all {table.Rows} rows; fill it or name another target.");
        }

        int[] selected = rows.Length == 0 ? [.. Enumerable.Range(0, table.Rows)] : rows;
        var time = RowDates.Of(table, options, selected, reasons);
        var groups = Panel.Groups(table, options, time, reasons);
        var sorted = Sorted(table, options, selected, time, groups);
        return options.Ahead > 0 ? sorted.WithTargetsAhead(table, options, groups, reasons) : sorted;
    }

    /// <summary>The first rows alone, as if the others were not there yet.</summary>
    public RowSelection First(int rows) => this with
    {
        Rows = Rows[..rows],
        Targets = Targets[..rows],
        Time = Time with { Values = Time.Values?[..rows] },
        Groups = Groups?[..rows],
    };

    /// <summary>
    /// The target of every row of a table so many rows (dates, in a panel) later in its group, NaN where there is none: what a model that
    /// looks ahead is judged by. Null where the table lacks what that takes: the target, the dates or the groups that the model was trained
    /// with.
    /// </summary>
    public static double[]? TargetsAhead(Table table, FittedPreprocessor fitted)
    {
        var options = new PrepareOptions
        {
            Target = fitted.Target,
            DateColumn = fitted.DateColumn,
            DateFormat = fitted.DateFormat,
            NoDate = fitted.DateColumn is null,
            GroupColumns = fitted.GroupColumns ?? [],
            Ahead = fitted.Ahead,
        };
        var reasons = new List<string>();
        var selection = Of(table, options, reasons);
        if (reasons.Count > 0) return null;
        var targets = new double[table.Rows];
        Array.Fill(targets, double.NaN);
        for (var i = 0; i < selection.Rows.Length; i++)
        {
            targets[selection.Rows[i]] = selection.Targets[i];
        }

        return targets;
    }

    private static RowSelection Sorted(Table table, PrepareOptions options, int[] rows, RowDates time, string[]? groups)
    {
        var targets = TargetColumn.IsUsable(table, options.Target)
            ? Cells.Numbers(table.Find(options.Target)!, rows)
            : new double[rows.Length];
        var without = table.Rows - rows.Length;
        if (time.Values is not { } dates) return new RowSelection(rows, targets, time, null, without, []);
        int[] order = [.. Enumerable.Range(0, rows.Length)
            .OrderBy(index => dates[index]).ThenBy(index => groups?[rows[index]], StringComparer.Ordinal)];
        rows = Array.ConvertAll(order, index => rows[index]);
        dates = Array.ConvertAll(order, index => dates[index]);
        var ofRows = groups is null ? null : Array.ConvertAll(rows, row => groups[row]);
        var repeats = Repeats(dates, ofRows);
        time = ofRows is null
            ? time with { Values = dates }
            : time.OfPanel(dates, repeats, Panel.Summary(options, ofRows));
        IEnumerable<string> warnings = ofRows is not null ? Panel.Warnings(table, options, rows, repeats)
            : Panel.AskForGroups(table, options, rows, dates) is { } question ? [question]
            : [];
        return new RowSelection(rows, Array.ConvertAll(order, index => targets[index]), time, ofRows, without, [.. warnings]);
    }

    private static int Repeats(DateTimeOffset[] dates, string[]? groups) =>
        Enumerable.Range(1, Math.Max(0, dates.Length - 1))
            .Count(row => dates[row] == dates[row - 1] && (groups is null || groups[row] == groups[row - 1]));

    private RowSelection WithTargetsAhead(Table table, PrepareOptions options, string[]? groups, List<string> reasons)
    {
        if (reasons.Count > 0) return this;

        // Rows without a target of their own count as rows too, if they have a date.
        int[] all = [.. Enumerable.Range(0, table.Rows).Where(row => Dates is null || Time.At(table, row) is not null)];
        var time = Dates is null ? Time : Time with { Values = Array.ConvertAll(all, row => Time.At(table, row)!.Value) };
        var every = Sorted(table, options, all, time, groups);
        if (every.Dates is { } dates && Repeats(dates, every.Groups) is var repeats and > 0)
        {
            reasons.Add(Panel.Uncountable(table, options, every.Rows, dates, repeats));
            return this;
        }

        var later = every.Later(options.Ahead);
        int[] kept = [.. Enumerable.Range(0, later.Length)
            .Where(index => later[index] >= 0 && double.IsFinite(every.Targets[later[index]]))];
        if (kept.Length == 0)
        {
            reasons.Add(Invariant($"No row has a target {options.Ahead} rows later; lower --ahead (ahead), or add rows."));
        }

        return new RowSelection(
            Array.ConvertAll(kept, index => every.Rows[index]),
            Array.ConvertAll(kept, index => every.Targets[later[index]]),
            every.Time with
            {
                Values = every.Dates is { } values ? Array.ConvertAll(kept, index => values[index]) : null,
                Summary = Invariant($"{every.Time.Summary} The target is that of {options.Ahead} rows later; ") +
                    Invariant($"{later.Count(index => index < 0)} rows have none and can only be predicted."),
            },
            every.Groups is { } ofRows ? Array.ConvertAll(kept, index => ofRows[index]) : null,
            table.Rows - kept.Length,
            [.. Warnings, .. every.Skips(later, options.Ahead)]);
    }

    // For each row the index of the row of its group that is so many dates (of any group) later, or rows where there are no dates; -1 where
    // there is none. So nothing that is predicted lies further ahead than what is left out before a cut.
    private int[] Later(int ahead)
    {
        var later = new int[Rows.Length];
        Array.Fill(later, -1);
        var date = new int[Rows.Length];
        var members = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var row = 0; row < later.Length; row++)
        {
            date[row] = row == 0 ? 0 : date[row - 1] + (Dates is { } dates && dates[row] == dates[row - 1] ? 0 : 1);
            var group = Groups?[row] ?? "";
            if (!members.TryGetValue(group, out var list)) members[group] = list = [];
            list.Add(row);
        }

        foreach (var list in members.Values)
        {
            for (int now = 0, next = 0; now < list.Count; now++)
            {
                while (next < list.Count && date[list[next]] < (long)date[list[now]] + ahead)
                {
                    next++;
                }

                if (next < list.Count && date[list[next]] == (long)date[list[now]] + ahead) later[list[now]] = list[next];
            }
        }

        return later;
    }

    private IEnumerable<string> Skips(int[] later, int ahead)
    {
        if (Dates is not { } dates || Time.Frequency is not { RowsPerYear: 365 or 52 or 12 or 4 or 1 } frequency) yield break;
        var period = 365.25 / frequency.RowsPerYear;
        var targets = Enumerable.Range(0, later.Length).Where(row => later[row] >= 0).ToList();
        var skips = targets.Count(row => Math.Abs((dates[later[row]] - dates[row]).TotalDays - (ahead * period)) > period / 2);
        if (skips == 0) yield break;
        yield return Invariant($"In {skips} of {Panel.Counted(targets.Count, "row", "rows")} the row {ahead} later is not {ahead} ") +
            $"periods later ({frequency.Name}), because dates are missing. Add a row for each missing date, its cells empty.";
    }

    private static int[] RowsWithTarget(Table table, string name) => TargetColumn.IsUsable(table, name)
        ? [.. Enumerable.Range(0, table.Rows).Where(row => !table.Find(name)!.IsMissing(row))]
        : [.. Enumerable.Range(0, table.Rows)];
}

/// <summary>What can be predicted: a column of numbers or booleans.</summary>
internal static class TargetColumn
{
    private const double MaxValue = 1e100;
    private const double MaxDeviations = 1e15;
    private const int MaxLikely = 3;

    private static readonly string[] TargetWords =
        ["TARGET", "Y", "LABEL", "OUTCOME", "RESPONSE", "NEXT", "LEAD", "GROWTH", "RETURN", "RETURNS", "CHANGE", "PRICE", "CLOSE"];

    public static bool IsUsable(Table table, string name) => table.Find(name) is NumberColumn or BooleanColumn;

    // The first text that is no number, and how many there are.
    private static string Example(Column column)
    {
        if (column is not TextColumn texts) return "";
        var values = texts.Values;
        var bad = Enumerable.Range(0, values.Length).Where(row => !string.IsNullOrEmpty(values[row]))
            .Where(row => NumberStyle.Point.Parse(values[row]!) is null && NumberStyle.Comma.Parse(values[row]!) is null).ToList();
        return bad.Count == 0
            ? ""
            : Invariant($", in {bad.Count} of {values.Length} rows (row {bad[0] + 1}: '{values[bad[0]]}')");
    }

    public static void Check(Table table, string name, List<string> reasons)
    {
        if (table.Find(name) is not { } column)
        {
            reasons.Add(MissingColumn.Sentence(table, "target", name) + Likely(table));
        }
        else if (!IsUsable(table, name))
        {
            reasons.Add($"The target '{name}' holds {column.Type}, not numbers{Example(column)}; convert it or name another target.");
        }
    }
    /// <summary>
    /// Adds a reason against values whose squared error would leave the range of a number: losses are squares of float32 values while
    /// they are scaled, and of float64 values in the target's unit.
    /// </summary>
    public static void CheckRange(Table table, FittedPreprocessor fitted, int[] rows, List<string> reasons)
    {
        if (!IsUsable(table, fitted.Target) || fitted.TargetScale == 0) return;
        var column = table.Find(fitted.Target)!;
        var far = rows.Where(row => IsFar(Cells.Number(column, row), fitted)).ToList();
        if (far.Count == 0) return;

        var more = far.Count == 1 ? "" : Invariant($" (and as far out in {far.Count - 1} more)");
        reasons.Add(
            Invariant($"The target '{fitted.Target}' is {Cells.Number(column, far[0])} in row {far[0] + 1}{more}: its squared error is ")
            + "too large for a number; correct the value, empty it to leave the row out, or divide the target by its size.");
    }

    // Columns of numbers that are called like a target, then the last one and the first one, as people arrange tables.
    private static string Likely(Table table)
    {
        var numbers = table.Columns.OfType<NumberColumn>().Select(column => column.Name).ToList();
        var called = numbers.Where(name => name.ToUpperInvariant().Split('_', ' ', '-', '.', '#').Any(word => TargetWords.Contains(word)));
        var likely = called.Concat(numbers.TakeLast(1)).Concat(numbers.Take(1)).Distinct(StringComparer.Ordinal).Take(MaxLikely).ToList();
        return likely.Count == 0
            ? ""
            : " Name the column to predict with --target (target), for instance "
                + $"{string.Join(" or ", likely.Select(name => $"'{name}'"))}.";
    }

    private static bool IsFar(double value, FittedPreprocessor fitted) =>
        Math.Abs(value) > MaxValue || Math.Abs((value - fitted.TargetMean) / fitted.TargetScale) > MaxDeviations;
}
