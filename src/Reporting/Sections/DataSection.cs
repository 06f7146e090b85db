using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>What was found in the table and what became of its columns.</summary>
internal static class DataSection
{
    private const int MaxBars = 25;

    public static Section? Of(StudyFacts facts)
    {
        if (facts.Profile is not { } profile) return null;
        return new Section
        {
            Id = "data",
            Title = "Data",
            Text = [Rows(profile, facts), .. profile.Warnings.Select(warning => $"Warning: {warning}")],
            Figures =
            [
                .. Missing(profile) is { } missing ? [missing] : Array.Empty<Figure>(),
                .. Dropped(profile) is { } dropped ? [dropped] : Array.Empty<Figure>(),
            ],
        };
    }

    private static string Rows(StoredProfile profile, StudyFacts facts)
    {
        var kept = profile.Columns.Count(column => column.Kept);
        var splits = facts.Request.Data is { } data
            ? Invariant($" {data.TrainRows} rows to train{Dates(profile.TrainDates)}, {data.ValidationRows} to validate")
                + Invariant($"{Dates(profile.ValidationDates)}, {data.TestRows} to test{Dates(profile.TestDates)}.")
            : "";
        return Invariant($"{profile.Rows} rows, {profile.RowsWithoutTarget} without a target; {kept} of {profile.Columns.Count} columns ")
            + Invariant($"became features, {profile.Columns.Count - kept} did not. {profile.Time}{splits}");
    }

    private static Figure? Missing(StoredProfile profile)
    {
        var columns = profile.Columns.Where(column => column is { Kept: true, MissingShare: > 0 })
            .OrderByDescending(column => column.MissingShare).ToList();
        if (columns.Count == 0) return null;
        return new Figure
        {
            Id = "missing",
            Title = "Missing cells",
            Sentence = Invariant($"{columns.Count} of {profile.Columns.Count(column => column.Kept)} features have missing cells, ")
                + Invariant($"'{columns[0].Name}' most of them ({100 * columns[0].MissingShare:0.#} %). ")
                + "The median of the training rows takes "
                + (columns.Count > MaxBars ? Invariant($"their place. The {MaxBars} with the most are shown.") : "their place."),
            Data = new DataTable("missing",
                new Texts("column", "column", columns.Take(MaxBars).Select(column => column.Name)),
                new Numbers("missing", "missing, % of rows", columns.Take(MaxBars).Select(column => 100 * column.MissingShare))),
            Plot = new BarPlot("column", ["missing"], "missing, % of the rows with a target", IsHorizontal: true),
        };
    }

    private static Figure? Dropped(StoredProfile profile)
    {
        var columns = profile.Columns.Where(column => !column.Kept).ToList();
        if (columns.Count == 0) return null;
        return new Figure
        {
            Id = "dropped",
            Title = "Columns that are no features",
            Sentence = Invariant($"{columns.Count} columns did not become features."),
            Data = new DataTable("dropped",
                new Texts("column", "column", columns.Select(column => column.Name)),
                new Texts("type", "type", columns.Select(column => column.Type)),
                new Texts("reason", "why", columns.Select(column => column.Reason))),
        };
    }

    private static string Dates(DateRange? range) =>
        range is null ? "" : Invariant($" ({range.First:yyyy-MM-dd} to {range.Last:yyyy-MM-dd})");
}
