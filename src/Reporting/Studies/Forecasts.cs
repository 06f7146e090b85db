using MacroCausal.Data.Baselines;
using MacroCausal.Data.Tables;

namespace MacroCausal.Reporting.Studies;

/// <summary>What the model and the baselines forecast for the validation rows, in the target's unit.</summary>
internal sealed record Forecasts
{
    /// <summary>Name of the file beside the model.</summary>
    public const string FileName = "predictions.parquet";

    private const string Actual = "actual";
    private const string Band = "_band";
    private static readonly string[] Own = ["model", "best_trial"];

    /// <summary>Dates of the rows, [N]; null where the table has none.</summary>
    public IReadOnlyList<DateTimeOffset>? Dates { get; init; }

    /// <summary>The series that each row belongs to, [N]; null where there is one.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The targets, [N].</summary>
    public required double[] Target { get; init; }

    /// <summary>What the model forecasts, [N]; null where it was not kept.</summary>
    public double[]? Model => Lines.GetValueOrDefault(Own[0]);

    /// <summary>Forecasts by name, [N] each: <c>model</c>, <c>best_trial</c> where that is another, and the baselines by theirs.</summary>
    public required IReadOnlyDictionary<string, double[]> Lines { get; init; }

    /// <summary>Number of rows.</summary>
    public int Rows => Target.Length;

    /// <summary>The names of <see cref="Lines"/>, the delivered model first, then the baselines in their order.</summary>
    public IEnumerable<string> Names => Own.Where(Lines.ContainsKey).Concat(
        Baseline.InOrder(Lines.Where(line => !Own.Contains(line.Key)).ToDictionary(line => line.Key, _ => 0.0)).Select(line => line.Key));

    /// <summary>What a person calls a line.</summary>
    public static string LabelOf(string name) => name switch
    {
        "model" => "model",
        "best_trial" => "best trial",
        _ => Baseline.Find(name).Label,
    };

    /// <summary>Reads the file beside the model; null where it is no such table. Of several splits the validation rows are kept.</summary>
    public static Forecasts? Of(Table table)
    {
        if (table.Find(Actual) is not NumberColumn actual) return null;
        var split = table.Find("split") as TextColumn;
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(row => split is null || split.Values[row] == "validation")];
        var (dates, groups) = (table.Find("date") as DateColumn, table.Find("group") as TextColumn);
        double[] Of(NumberColumn column) => Array.ConvertAll(rows, row => column.Values[row]);
        var lines = table.Columns.OfType<NumberColumn>()
            .Where(column => column.Name != Actual && !column.Name.EndsWith(Band, StringComparison.Ordinal))
            .ToDictionary(column => column.Name, Of, StringComparer.Ordinal);
        if (lines.TryGetValue(Own[0], out var model) && lines.TryGetValue(Own[1], out var best) && model.SequenceEqual(best))
        {
            lines.Remove(Own[1]);
        }

        var hasGroups = groups is not null && rows.Any(row => !string.IsNullOrEmpty(groups.Values[row]));
        // Rows of a date that are not told apart are in no order of time.
        var hasDates = dates is not null && rows.All(row => dates.Values[row] is not null)
            && (hasGroups || rows.DistinctBy(row => dates.Values[row]).Count() == rows.Length);
        return new Forecasts
        {
            Dates = hasDates ? Array.ConvertAll(rows, row => dates!.Values[row]!.Value) : null,
            Groups = hasGroups ? Array.ConvertAll(rows, row => groups!.Values[row] ?? "") : null,
            Target = Of(actual),
            Lines = lines,
        };
    }

    /// <summary>The baselines alone, where the model's own forecasts were not kept.</summary>
    public static Forecasts Of(BaselineForecasts baselines) =>
        new() { Target = baselines.Target, Lines = new Dictionary<string, double[]>(baselines.Forecasts, StringComparer.Ordinal) };
}
