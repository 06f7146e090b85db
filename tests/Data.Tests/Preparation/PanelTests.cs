using System.Globalization;
using CsCheck;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Preparation;

public sealed class PanelTests
{
    private static readonly PrepareOptions ByCountry = new() { GroupColumns = ["country"], TestFraction = 0.1 };

    [Fact]
    public void A_panel_is_sorted_by_date_then_group_and_cut_between_dates()
    {
        var data = DatasetBuilder.Build(
            Panel(years: 30, countries: 7), ByCountry with { TrainFraction = 0.6, EmbargoRows = 2, Horizon = 3 });

        FeatureMatrix[] parts = [data.Train, data.Validation, data.Test!];
        foreach (var part in parts)
        {
            part.Dates!.CountBy(date => date).ShouldAllBe(count => count.Value == 7);
            part.Dates!.ShouldBe(part.Dates!.Order());
        }

        // 18 of 30 years train and 3 test; the horizon takes 2 years before each cut, the embargo 2 after training, 2 after validation.
        (data.Train.Rows, data.Validation.Rows, data.Test!.Rows).ShouldBe((7 * 16, 7 * 3, 7 * 3));
        (data.Validation.Dates![0].Year, data.Test.Dates![0].Year).ShouldBe((2020, 2027));
        data.Profile.Groups.ShouldBe(7);
        data.Profile.Time.ShouldBe(
            "Dates from 'year' (Y): yearly; 7 groups by 'country'; the file is not in order of time, its rows were sorted. " +
            "Horizon 3: the last 2 dates before a cut are left out, as their targets lie beyond it.");
        data.Preprocessor.Inputs.Single(input => input.Name == "country").Categories.Count.ShouldBe(7);
    }

    [Fact]
    public void The_order_of_the_file_changes_nothing() =>
        Gen.Select(Gen.Int[12, 25], Gen.Int[2, 8], Gen.Int[0, 1_000_000], Gen.Int[0, 3]).Sample((years, countries, seed, ahead) =>
        {
            var table = Panel(years, countries, seed);
            var options = ByCountry with { TestFraction = 0, TrainFraction = 0.7, Ahead = ahead, Horizon = Math.Max(1, ahead) };
            var rows = Enumerable.Range(0, table.Rows).ToArray();
            new Random(seed).Shuffle(rows);

            var (plain, shuffled) = (DatasetBuilder.Build(table, options), DatasetBuilder.Build(Reordered(table, rows), options));

            shuffled.Train.Features.ShouldBe(plain.Train.Features);
            shuffled.Train.Target.ShouldBe(plain.Train.Target);
            shuffled.Validation.Features.ShouldBe(plain.Validation.Features);
            shuffled.Validation.Dates.ShouldBe(plain.Validation.Dates);
            shuffled.Preprocessor.ToJson().ShouldBe(plain.Preprocessor.ToJson());
        }, iter: 40);

    [Fact]
    public void A_target_ahead_is_that_of_the_same_group_and_known_before_validation_begins() =>
        Gen.Select(Gen.Int[14, 25], Gen.Int[1, 6], Gen.Int[1, 4], Gen.Int[0, 1_000_000]).Sample((count, countries, ahead, seed) =>
        {
            var table = Panel(count, countries, seed, missing: 0.1);
            var options = ByCountry with { TestFraction = 0, Ahead = ahead, Horizon = ahead };
            var data = DatasetBuilder.Build(table, options);
            var years = ((NumberColumn)table.Find("year")!).Values.Distinct().Order().ToList();
            var rows = Enumerable.Range(0, table.Rows).ToDictionary(row => (Text(table, "country", row), Number(table, "year", row)));
            var selection = RowSelection.Of(table, options, []);

            for (var i = 0; i < selection.Rows.Length; i++)
            {
                var (country, year) = (Text(table, "country", selection.Rows[i]), Number(table, "year", selection.Rows[i]));
                selection.Targets[i].ShouldBe(Number(table, "target", rows[(country, years[years.IndexOf(year) + ahead])]));
            }

            // The target of the last training row is of the first validation row's own date at the latest.
            (years.IndexOf(data.Train.Dates![^1].Year) + ahead).ShouldBeLessThanOrEqualTo(years.IndexOf(data.Validation.Dates![0].Year));
            selection.WithoutTarget.ShouldBeGreaterThanOrEqualTo(ahead * countries);
        }, iter: 60);

    [Fact]
    public void Looking_ahead_the_present_target_is_a_feature_and_the_last_rows_are_for_prediction()
    {
        var table = Panel(years: 20, countries: 3);
        var data = DatasetBuilder.Build(table, ByCountry with { Ahead = 2, Horizon = 2, TestFraction = 0 });

        data.Preprocessor.Inputs.Select(input => input.Name).ShouldContain("target");
        data.Profile.RowsWithoutTarget.ShouldBe(6);
        data.Profile.Time!.ShouldContain("The target is that of 2 rows later; 6 rows have none and can only be predicted.");
        var all = data.Preprocessor.Apply(table);
        (all.Rows, all.Target!.Count(float.IsNaN)).ShouldBe((60, 6));
        FittedPreprocessor.FromJson(data.Preprocessor.ToJson()).Apply(table).Target.ShouldBe(all.Target);
        all.Target!.Where(float.IsFinite).Order().ShouldBe(
            data.Train.Target!.Concat(data.Validation.Target!).Concat(Purged(table, data)).Order());
    }

    [Fact]
    public void A_table_that_looks_like_a_panel_is_asked_for_its_groups()
    {
        var table = Panel(years: 20, countries: 5);

        DatasetBuilder.Build(table, new PrepareOptions()).Profile.Warnings[0].ShouldBe(
            "Looks like a panel: 80 of 100 rows repeat a date, and 'country' tells them apart. " +
            "Say --group 'country' (groupColumns), so that rows of one series are known to belong together.");
        Reasons(table, new PrepareOptions { Ahead = 1 }).ShouldBe(
        [
            "80 rows repeat the date of another: rows ahead cannot be counted then: add --group 'country' (groupColumns).",
        ]);
        DatasetBuilder.Build(table, ByCountry).Profile.Warnings
            .ShouldNotContain(warning => warning.Contains("panel", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_groups_a_cut_still_goes_between_dates()
    {
        var data = DatasetBuilder.Build(Panel(years: 10, countries: 7), new PrepareOptions { TrainFraction = 0.75 });

        data.Train.Dates![^1].ShouldBeLessThan(data.Validation.Dates![0]);
        (data.Train.Rows, data.Validation.Rows).ShouldBe((49, 21));
    }

    [Fact]
    public void Rows_of_one_date_cannot_be_cut()
    {
        var table = Panel(years: 1, countries: 30);

        Reasons(table, new PrepareOptions { DateColumn = "year" }).ShouldContain(
            "All 30 rows have the date 2000-01-01, so no cut in time leaves rows on both sides; " +
            "name another column with --date (dateColumn), or keep the file's order with --no-date (noDate).");
        DatasetBuilder.Build(table, new PrepareOptions { NoDate = true }).Train.Rows.ShouldBe(24);
    }

    [Fact]
    public void Groups_that_cannot_be_are_refused_by_name()
    {
        var table = Panel(years: 10, countries: 3);

        Reasons(table, new PrepareOptions { GroupColumns = ["Country", "target", "year"] }).ShouldBe(
        [
            "The table has no column 'Country' (named as group); the nearest are 'country', 'year', 'target': "
                + "correct the name or add the column.",
            "The group column 'target' is the target; name the column that says which series a row is of.",
            "The group column 'year' is the date column; name the column that says which series a row is of.",
        ]);
        Reasons(table, ByCountry with { NoDate = true }).ShouldHaveSingleItem().ShouldStartWith("Groups by 'country' need dates");
    }

    [Fact]
    public void Repeated_and_nameless_rows_of_a_group_are_told()
    {
        var table = Panel(years: 30, countries: 2);
        var twice = Reordered(table, [.. Enumerable.Range(0, table.Rows), 3]);
        var country = (TextColumn)table.Find("country")!;
        country.Values[5] = null;

        DatasetBuilder.Build(table, ByCountry).Profile.Warnings
            .ShouldContain("1 row has no 'country'; rows without one count as one group. Fill the column or drop the rows.");
        DatasetBuilder.Build(twice, ByCountry).Profile.Warnings.ShouldContain(
            "1 row repeats the date and the group ('country') of another: name what tells them apart with another --group, " +
            "or drop the repeated rows.");
    }

    [Fact]
    public void A_row_ahead_that_is_further_in_time_is_counted()
    {
        var table = Panel(years: 30, countries: 1);
        var gap = Reordered(table, [.. Enumerable.Range(0, 30).Where(row => row is not (10 or 11 or 12))]);

        DatasetBuilder.Build(gap, new PrepareOptions { Ahead = 2, Horizon = 2 }).Profile.Warnings.ShouldContain(
            "In 2 of 25 rows the row 2 later is not 2 periods later (yearly), because dates are missing. " +
            "Add a row for each missing date, its cells empty.");
    }

    // What lies between training and validation because of the horizon, scaled.
    private static IEnumerable<float> Purged(Table table, Dataset data)
    {
        var dates = data.Train.Dates!.Concat(data.Validation.Dates!).ToHashSet();
        var all = data.Preprocessor.Apply(table);
        return all.Target!.Where((target, row) => float.IsFinite(target) && !dates.Contains(all.Dates![row]));
    }

    /// <summary>Countries by years, country after country, as such files come; some rows missing.</summary>
    private static Table Panel(int years, int countries, int seed = 1, double missing = 0)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, countries).SelectMany(country => Enumerable.Range(0, years).Select(year => (country, year)))
            .Where(row => row.year < 6 || random.NextDouble() >= missing).ToList();
        double[] Noise() => [.. rows.Select(_ => random.NextDouble())];
        return new Table(
        [
            new TextColumn("country", [.. rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"C{row.country}"))]),
            new NumberColumn("year", [.. rows.Select(row => 2000.0 + row.year)], isInteger: true),
            new NumberColumn("x", Noise()), new NumberColumn("target", Noise()),
        ]);
    }

    private static Table Reordered(Table table, int[] rows) => new([.. table.Columns.Select(column => column switch
    {
        TextColumn texts => (Column)new TextColumn(column.Name, Array.ConvertAll(rows, row => texts.Values[row])),
        NumberColumn numbers => new NumberColumn(column.Name, Array.ConvertAll(rows, row => numbers.Values[row]), numbers.IsInteger),
        _ => throw new NotSupportedException(column.Type),
    })]);

    private static string Text(Table table, string name, int row) => ((TextColumn)table.Find(name)!).Values[row]!;

    private static double Number(Table table, string name, int row) => ((NumberColumn)table.Find(name)!).Values[row];

    private static IReadOnlyList<string> Reasons(Table table, PrepareOptions options) =>
        Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(table, options)).Reasons;
}
