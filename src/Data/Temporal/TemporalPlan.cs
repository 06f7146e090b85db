using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Temporal;

/// <summary>How far back to look, by how often the rows come.</summary>
/// <param name="Lags">Number of lags of the target; the first is the newest target that is known.</param>
/// <param name="Windows">Rows of the moving averages.</param>
/// <param name="Terms">Calendar terms.</param>
internal sealed record TemporalPlan(int Lags, IReadOnlyList<int> Windows, IReadOnlyList<CalendarTerm> Terms)
{
    private static readonly CalendarTerm[] Month = [CalendarTerm.MonthSine, CalendarTerm.MonthCosine];
    private static readonly CalendarTerm[] Weekday = [CalendarTerm.WeekdaySine, CalendarTerm.WeekdayCosine];

    /// <summary>A plan for a frequency, null without dates, and the longest group's training rows.</summary>
    public static TemporalPlan Of(DateFrequency? frequency, int rows)
    {
        var plan = frequency?.RowsPerYear switch
        {
            365 => new TemporalPlan(7, [7, 28, 91], [.. Weekday, .. Month]),
            260 => new TemporalPlan(10, [5, 21, 63], [.. Weekday, .. Month]),
            52 => new TemporalPlan(13, [4, 13, 52], Month),
            4 => new TemporalPlan(4, [2, 4, 8], [CalendarTerm.QuarterSine, CalendarTerm.QuarterCosine]),
            12 => new TemporalPlan(12, [3, 6, 12], Month),
            _ => new TemporalPlan(12, [3, 6, 12], []),
        };
        var reach = Math.Max(1, rows / Autoregression.RowsPerOrder);
        return plan with { Lags = Math.Min(plan.Lags, reach), Windows = [.. plan.Windows.Where(window => window <= reach)] };
    }

    /// <summary>The columns of lags, averages and calendar terms, in this order, each with a name that the table does not have.</summary>
    public IReadOnlyList<TemporalColumn> Columns(Table table, FittedPreprocessor raw, PrepareOptions options, IReadOnlyList<int> trainRows)
    {
        // Where the target is that of a later row, the row's own is known, and a feature as it stands.
        var first = options.Ahead > 0 ? 1 : options.Horizon;
        var lags = Enumerable.Range(first, Lags).Select(rows => new TemporalColumn
        {
            Name = $"{options.Target} lag {rows}",
            Kind = TemporalKind.Lag,
            Source = options.Target,
            Rows = rows,
        });
        var averages = raw.Inputs.Where(input => IsAveraged(input, table, trainRows)).SelectMany(input => Windows.Select(rows =>
            new TemporalColumn { Name = $"{input.Name} avg {rows}", Kind = TemporalKind.Average, Source = input.Name, Rows = rows }));
        var terms = Terms.Select(term => new TemporalColumn
        {
            Name = CalendarTerms.Name(term),
            Kind = TemporalKind.Calendar,
            Term = term,
        });
        var names = new UniqueNames();
        foreach (var column in table.Columns)
        {
            names.Take(column.Name);
        }

        return [.. lags.Concat(averages).Concat(terms).Select(column => column with { Name = names.Take(column.Name) })];
    }

    // The mean of a yes or no says how often, which is not what is meant.
    private static bool IsAveraged(InputColumn input, Table table, IReadOnlyList<int> rows) =>
        input.Kind == InputKind.Number
        && Cells.Numbers(table.Find(input.Name)!, rows).Where(double.IsFinite).Distinct().Take(3).Count() == 3;
}
