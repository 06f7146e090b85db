using CsCheck;
using MacroCausal.Contracts;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;

namespace MacroCausal.Data.Tests.Temporal;

public sealed class TemporalFeaturesTests
{
    private const string All = "lags,averages,calendar";

    [Fact]
    public void Lags_averages_and_calendar_terms_are_what_their_names_say()
    {
        // Two series, newest first; the third month of 'a' has no x.
        var table = new Table(
        [
            new TextColumn("date", ["2000-04", "2000-04", "2000-03", "2000-03", "2000-02", "2000-02", "2000-01", "2000-01"]),
            new TextColumn("id", ["a", "b", "a", "b", "a", "b", "a", "b"]),
            new NumberColumn("target", [4, 40, 3, 30, 2, 20, 1, 10]),
            new NumberColumn("x", [8, 1, double.NaN, 2, 6, 3, 4, 5]),
        ]);
        TemporalColumn[] columns =
        [
            new() { Name = "target lag 2", Kind = TemporalKind.Lag, Source = "target", Rows = 2 },
            new() { Name = "x avg 2", Kind = TemporalKind.Average, Source = "x", Rows = 2 },
            new() { Name = "x avg 3", Kind = TemporalKind.Average, Source = "x", Rows = 3 },
            new() { Name = "month sin", Kind = TemporalKind.Calendar, Term = CalendarTerm.MonthSine },
            new() { Name = "quarter cos", Kind = TemporalKind.Calendar, Term = CalendarTerm.QuarterCosine },
            new() { Name = "weekday cos", Kind = TemporalKind.Calendar, Term = CalendarTerm.WeekdayCosine },
        ];
        var options = new PrepareOptions { DateColumn = "date", GroupColumns = ["id"] };
        var fitted = Preprocessor.Fit(table, [0, 1, 2, 3, 4, 5, 6, 7], options) with { Temporal = columns };

        var whole = fitted.WithTemporal(table);

        double[] Values(string name) => ((NumberColumn)whole.Find(name)!).Values;
        Values("target lag 2").ShouldBe([2, 20, 1, 10, double.NaN, double.NaN, double.NaN, double.NaN]);
        Values("x avg 2").ShouldBe([8, 1.5, 6, 2.5, 5, 4, 4, 5]);
        Values("x avg 3").ShouldBe([7, 2, 5, 10 / 3.0, 5, 4, double.NaN, double.NaN]);
        Values("month sin").ShouldBe([1, 1, Math.Sqrt(3) / 2, Math.Sqrt(3) / 2, 0.5, 0.5, 0, 0], 1e-12);
        Values("quarter cos").ShouldBe([0, 0, 1, 1, 1, 1, 1, 1], 1e-12);
        Values("weekday cos")[6].ShouldBe(Math.Cos(2 * Math.PI * 6 / 7), 1e-12); // 1 January 2000 was a Saturday
    }

    [Fact]
    public void No_feature_of_a_row_uses_a_later_row_or_a_target_that_is_not_known_there() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 4], Gen.Bool, Gen.Bool).Sample((seed, horizon, isAhead, isPanel) =>
        {
            var table = Monthly(seed, isPanel ? 3 : 1);
            var options = new PrepareOptions
            {
                TemporalFeatures = All,
                Horizon = horizon,
                Ahead = isAhead ? horizon : 0,
                GroupColumns = isPanel ? ["id"] : [],
            };
            var data = DatasetBuilder.Build(table, options);
            var dates = ((DateColumn)table.Find("date")!).Values;
            var now = dates.OfType<DateTimeOffset>().Order().ElementAt(new Random(seed).Next(table.Rows));

            // At a row the newest known target is that of 'horizon' rows before, or of the row itself where the target is brought forward.
            var known = isAhead ? now : now.AddMonths(-horizon);
            var changed = Changed(table, row => dates[row] > now, row => dates[row] > known);

            int[] rows = [.. Enumerable.Range(0, table.Rows).Where(row => dates[row] <= now)];
            int[] last = [.. rows.Where(row => dates[row] == now)];
            data.Preprocessor.Apply(changed, last).Features.ShouldBe(data.Preprocessor.Apply(table, last).Features);
            data.Preprocessor.Temporal!.Select(column => column.Kind).Distinct().Count().ShouldBe(3);
        }, iter: 30);

    [Fact]
    public void What_is_later_than_the_training_rows_changes_neither_them_nor_the_choice() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 3]).Sample((seed, horizon) =>
        {
            var table = Monthly(seed, 1, isAutoregressive: seed % 2 == 0);
            var options = new PrepareOptions { TemporalFeatures = TemporalFeatures.Auto, Horizon = horizon };
            var data = DatasetBuilder.Build(table, options);
            var dates = ((DateColumn)table.Find("date")!).Values;
            var changed = Changed(table, row => dates[row] > data.Train.Dates![^1], row => dates[row] > data.Train.Dates![^1]);

            var other = DatasetBuilder.Build(changed, options);

            other.Train.Features.ShouldBe(data.Train.Features);
            other.Preprocessor.ToJson().ShouldBe(data.Preprocessor.ToJson());
            other.Profile.Temporal!.Summary.ShouldBe(data.Profile.Temporal!.Summary);
            other.Validation.Features.ShouldNotBe(data.Validation.Features);
        }, iter: 10);

    [Fact]
    public void Validation_rows_have_the_history_of_the_training_rows()
    {
        var table = Monthly(3, 1);
        var data = DatasetBuilder.Build(table, new PrepareOptions { TemporalFeatures = "lags" });
        var (fitted, target) = (data.Preprocessor, ((NumberColumn)table.Find("target")!).Values);
        var lag = fitted.Columns.Index().Single(column => column.Item.Name == "target lag 1");

        var scaled = data.Validation.Row(0)[lag.Index];

        var dates = ((DateColumn)table.Find("date")!).Values;
        var before = Array.IndexOf(dates, data.Train.Dates![^1]);
        ((scaled * lag.Item.Scale) + lag.Item.Mean).ShouldBe(target[before], 1e-4);
    }

    [Fact]
    public void Auto_takes_lags_where_the_target_depends_on_its_past_and_nothing_where_it_does_not()
    {
        var options = new PrepareOptions { TemporalFeatures = TemporalFeatures.Auto };
        var persistent = DatasetBuilder.Build(Monthly(5, 1, isAutoregressive: true), options);
        var noise = DatasetBuilder.Build(Monthly(5, 1), options);

        persistent.Profile.Temporal!.Taken.ShouldBe("lags");
        persistent.Profile.Temporal.Tried.Select(set => set.Features).ShouldBe(["lags", "lags,averages", "lags,averages,calendar"]);
        persistent.Profile.Temporal.Columns.ShouldContain("target lag 12");
        persistent.Profile.Temporal.Summary
            .ShouldStartWith("Temporal features: lags (12 columns, 12 rows of history); cross-validated error");
        persistent.Profile.Summarize().Temporal.ShouldBe(persistent.Profile.Temporal.Summary);
        noise.Profile.Temporal!.Taken.ShouldBe("none");
        noise.Profile.Temporal.Tried.Select(set => set.Features).ShouldBe(["none", "lags", "lags,averages", "lags,averages,calendar"]);
        noise.Preprocessor.Temporal.ShouldBeNull();
    }

    [Fact]
    public void Baselines_see_the_columns_of_the_table_alone()
    {
        var table = Monthly(7, 1, isAutoregressive: true);

        var with = DatasetBuilder.Build(table, new PrepareOptions { TemporalFeatures = All });
        var without = DatasetBuilder.Build(table, new PrepareOptions());

        with.Baselines.ShouldBe(without.Baselines);
        with.Train.Names.Count.ShouldBeGreaterThan(without.Train.Names.Count);
        with.Train.Names.Take(without.Train.Names.Count).ShouldBe(without.Train.Names);
        without.Profile.Temporal.ShouldBeNull();
    }

    [Fact]
    public void A_series_without_any_other_column_can_be_forecast_from_its_lags()
    {
        var table = Monthly(7, 1, isAutoregressive: true);
        var alone = new Table([table.Find("date")!, table.Find("target")!]);

        DatasetBuilder.Build(alone, new PrepareOptions { TemporalFeatures = "lags" }).Train.Names[0].ShouldBe("target lag 1");
        Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(alone, new PrepareOptions()))
            .Message.ShouldContain("No usable feature is left");
    }

    [Fact]
    public void A_preprocessor_reads_what_it_wrote_and_names_differ_from_those_of_the_table()
    {
        var table = Monthly(9, 1);
        table = new Table([.. table.Columns, new NumberColumn("target lag 1", ((NumberColumn)table.Find("x")!).Values)]);
        var fitted = DatasetBuilder.Build(table, new PrepareOptions { TemporalFeatures = All }).Preprocessor;

        var read = FittedPreprocessor.FromJson(fitted.ToJson());

        read.Apply(table).Features.ShouldBe(fitted.Apply(table).Features);
        read.Temporal![0].Name.ShouldBe("target lag 1#2");
    }

    [Fact]
    public void A_table_to_predict_needs_its_history_and_says_what_is_missing_of_it()
    {
        var table = Monthly(11, 1);
        var fitted = DatasetBuilder.Build(table, new PrepareOptions { TemporalFeatures = "lags,averages" }).Preprocessor;
        Table Without(string name) => new([.. table.Columns.Where(column => column.Name != name)]);

        InputReport.Of(table, fitted).Warnings().ShouldContain(
            "12 of 160 rows lack some of the history that the model reads: 12 rows before a row, their targets included; the medians of "
            + "the training rows took its place. Put earlier rows into the table.");
        Should.Throw<DataRejectedException>(() => fitted.Apply(Without("target"))).Message.ShouldContain("no column 'target'");
        Should.Throw<DataRejectedException>(() => fitted.Apply(Without("date"))).Message.ShouldContain("no column 'date'");
        Should.Throw<DataRejectedException>(() => fitted.Apply(Twice(table))).Message.ShouldContain("160 rows repeat the date of another");
    }

    [Fact]
    public void What_cannot_be_made_is_refused_where_it_is_asked_for_and_left_out_where_it_is_not()
    {
        var table = Monthly(13, 1);
        var undated = new Table([.. table.Columns.Where(column => column.Name != "date")]);
        string Refusal(Table of, string features) =>
            Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(of, new PrepareOptions { TemporalFeatures = features })).Message;
        string Left(Table of) => DatasetBuilder.Build(of, new PrepareOptions { TemporalFeatures = "auto" }).Profile.Temporal!.Summary;

        Refusal(undated, "calendar").ShouldContain("Calendar terms need dates that come daily");
        Refusal(Twice(table), "lags").ShouldContain("earlier rows cannot be counted then");
        Refusal(table, "lag").ShouldContain("There are no temporal features 'lag'");
        Left(Twice(table)).ShouldStartWith("Temporal features: none; 160 rows repeat the date of another");
        Left(Monthly(13, 1, months: 45)).ShouldContain("36 training rows are too few to choose by");
    }

    [Fact]
    public void A_table_that_is_too_large_for_the_memory_has_none()
    {
        var table = Monthly(15, 1);
        TemporalResult Add(string features, List<string> reasons)
        {
            var options = new PrepareOptions { TemporalFeatures = features };
            var selection = RowSelection.Of(table, options, []);
            var raw = Preprocessor.Fit(table, selection.Rows[..128], options);
            return TemporalSelection.Add(table, selection, 128, raw, options, reasons, default, maxCells: 1000);
        }

        var (left, refused) = (new List<string>(), new List<string>());
        Add("auto", left).Profile!.Summary.ShouldBe(
            "Temporal features: none; A table of 160 rows and 4 columns with 20 more is too large for temporal features, "
            + "which need it in memory (1000 values at most); leave out rows or columns.");
        left.ShouldBeEmpty();
        Add("lags", refused);
        refused.ShouldHaveSingleItem().ShouldEndWith("Or say --temporal-features none (temporalFeatures).");
    }

    // Rows out of order; the target is noise, or depends on its last value and the one of a year ago.
    private static Table Monthly(int seed, int groups, bool isAutoregressive = false, int months = 160)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var rows = new List<(DateTimeOffset Date, string Id, double Target, double X, double Y)>();
        for (var group = 0; group < groups; group++)
        {
            var past = new List<double>();
            for (var month = 0; month < months; month++)
            {
                var memory = isAutoregressive ? (0.6 * past.LastOrDefault()) + (month < 12 ? 0 : 0.3 * past[^12]) : 0;
                past.Add(memory + Normal());
                var date = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(month);
                rows.Add((date, $"g{group}", past[^1], Normal(), Normal()));
            }
        }

        var shuffled = rows.ToArray();
        random.Shuffle(shuffled);
        Column[] ids = groups == 1 ? [] : [new TextColumn("id", Array.ConvertAll(shuffled, row => (string?)row.Id))];
        return new Table(
        [
            new DateColumn("date", Array.ConvertAll(shuffled, row => (DateTimeOffset?)row.Date)), .. ids,
            new NumberColumn("target", Array.ConvertAll(shuffled, row => row.Target)),
            new NumberColumn("x", Array.ConvertAll(shuffled, row => row.X)),
            new NumberColumn("y", Array.ConvertAll(shuffled, row => row.Y)),
        ]);
    }

    private static Table Changed(Table table, Func<int, bool> isFeatureChanged, Func<int, bool> isTargetChanged) =>
        new([.. table.Columns.Select(column => column is not NumberColumn numbers ? column : new NumberColumn(
            column.Name,
            [.. numbers.Values.Select((value, row) =>
                (column.Name == "target" ? isTargetChanged(row) : isFeatureChanged(row)) ? -value + 3 : value)]))]);

    private static Table Twice(Table table) => new([.. table.Columns.Select(column => column switch
    {
        DateColumn dates => (Column)new DateColumn(column.Name, [.. dates.Values, .. dates.Values]),
        NumberColumn numbers => new NumberColumn(column.Name, [.. numbers.Values, .. numbers.Values.Select(value => value + 0.5)]),
        _ => column,
    })]);
}
