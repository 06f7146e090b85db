using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests;

public sealed class DatasetBuilderTests
{
    private static readonly PrepareOptions Options = new();

    [Fact]
    public async Task The_gold_table_is_prepared_in_date_order_without_a_missing_value()
    {
        var table = await Gold.TableAsync();
        var data = DatasetBuilder.Build(table, Options with { TestFraction = 0.1, EmbargoRows = 3 });
        DateTimeOffset[] dates = [.. data.Train.Dates!, .. data.Validation.Dates!, .. data.Test!.Dates!];
        dates.ShouldBe(dates.Order());
        foreach (var part in new[] { data.Train, data.Validation, data.Test })
        {
            part.Features.ShouldAllBe(value => float.IsFinite(value));
            part.Target!.ShouldAllBe(value => float.IsFinite(value));
        }

        var profile = data.Profile.Summarize();
        profile.Rows.ShouldBe(table.Rows);
        profile.Columns.ShouldBe(table.Columns.Count);
        (profile.ColumnsKept + profile.ColumnsDropped).ShouldBe(profile.Columns);
        (data.Train.Rows + data.Validation.Rows + data.Test.Rows + profile.RowsWithoutTarget + 6).ShouldBe(table.Rows);
        profile.Dropped.ShouldContain(column => column.Reason == "no value in the training rows");
        profile.MissingShare.ShouldBeInRange(1e-6, 0.5);
        profile.TrainDates!.Last.ShouldBeLessThan(profile.ValidationDates!.First);
        profile.ValidationDates.Last.ShouldBeLessThan(profile.TestDates!.First);
        data.Baselines["ridge"].ShouldBeLessThan(data.Baselines["mean"]);
    }

    [Fact]
    public void Rows_without_a_target_are_dropped_and_counted_and_ties_keep_their_order()
    {
        var data = DatasetBuilder.Build(
            new Table(
            [
                new TextColumn("date", ["2020-03-01", "2020-01-01", "2020-02-01", "2020-01-01", "2020-04-01", "2020-05-01"]),
                new NumberColumn("target", [3, 1, double.NaN, 2, double.PositiveInfinity, 4]),
                new NumberColumn("x", [30, 10, 0, 20, 0, 40]),
            ]),
            Options with { TrainFraction = 0.75 });
        data.Profile.RowsWithoutTarget.ShouldBe(2);
        var mean = data.Preprocessor.TargetMean;
        data.Train.Target!.Select(value => Math.Round((value * data.Preprocessor.TargetScale) + mean, 4)).ShouldBe([1, 2, 3]);
        data.Validation.Target!.Length.ShouldBe(1);
        data.Profile.TargetMean.ShouldBe(2.5);
        data.Baselines["mean"].ShouldBe(4, 1e-5);
    }

    [Fact]
    public void What_validates_has_no_part_in_the_preparation()
    {
        Table With(double last) =>
            Small(new NumberColumn("x", [3, 1, 2, 5, last]), new TextColumn("r", ["a", "b", "a", "b", last > 0 ? "c" : null]));
        DatasetBuilder.Build(With(1e6), Options).Preprocessor.ToJson()
            .ShouldBe(DatasetBuilder.Build(With(-1), Options).Preprocessor.ToJson());
    }

    [Fact]
    public void A_table_without_dates_keeps_its_order()
    {
        var data = DatasetBuilder.Build(Small(new NumberColumn("x", [3, 1, 2, 5, 4])), Options);
        data.Train.Dates.ShouldBeNull();
        data.Profile.TrainDates.ShouldBeNull();
        Array.IndexOf(data.Train.Features, data.Train.Features.Min()).ShouldBe(1);
    }

    [Fact]
    public void One_feature_is_enough_and_five_thousand_are_not_too_many()
    {
        DatasetBuilder.Build(Small(new NumberColumn("x", [3, 1, 2, 5, 4])), Options).Preprocessor.Columns.Count.ShouldBe(1);
        var data = DatasetBuilder.Build(Gold.Synthetic(rows: 60, features: 5000), Options);
        data.Preprocessor.Columns.Count.ShouldBeGreaterThanOrEqualTo(5000);
        double.IsFinite(data.Baselines["ridge"]).ShouldBeTrue();
    }

    [Fact]
    public void The_profile_names_every_column_and_the_summary_the_first_fifty_dropped()
    {
        var table = Small([new NumberColumn("x", [3, 1, 2, 5, 4]), new TextColumn("r", ["a", "b", null, "a", "b"]),
            .. Enumerable.Range(0, 70).Select(i => new NumberColumn($"c{i}", new double[5]))]);
        var profile = DatasetBuilder.Build(table, Options).Profile;
        profile.Columns.Count.ShouldBe(73);
        profile.Columns.Single(column => column.Name == "r")
            .ShouldBe(new ColumnProfile { Name = "r", Type = "text", Kept = true, MissingShare = 0.2, Categories = 2 });
        var summary = profile.Summarize();
        summary.Dropped.Count.ShouldBe(50);
        summary.ColumnsDropped.ShouldBe(71);
        summary.MissingShare.ShouldBe(0.1, 1e-12);
    }

    [Fact]
    public void Every_reason_is_told_at_once()
    {
        var table = new Table(
        [
            new TextColumn("date", ["2020-01-01", "01/02/2020", null, "x", "y", "z"]),
            new NumberColumn("targets", [1, 2, 3, 4, 5, 6]),
            new NumberColumn("constant", [1, 1, 1, 1, 1, 1]),
        ]);
        var reasons = Reasons(table, Options with
        {
            IgnoredColumns = ["a", "targets"],
            CategoryColumns = ["b"],
            MinimumTrainRows = 32,
            TestFraction = 0.1,
            EmbargoRows = 5,
        });
        reasons.Count.ShouldBe(8);
        string[] expectedReasons =
        [
            "'a' (named as ignored)", "'b' (named as category)", "no column 'target' (named as target); the nearest are 'targets'",
            "(row 2: '01/02/2020', row 3: null, row 4: 'x' and 2 more)", "Only 4 training rows where 32", "No validation row",
            "No test row", "No usable feature",
        ];
        foreach (var expected in expectedReasons)
        {
            reasons.ShouldContain(reason => reason.Contains(expected, StringComparison.Ordinal), expected);
        }
    }

    [Theory]
    [InlineData(1, 1e300, "in row 2:")]
    [InlineData(4, -1e40, "in row 5:")]
    public void Targets_whose_squared_error_is_no_number_are_named(int at, double value, string where)
    {
        double[] target = [1, 2, 3, 4, 5];
        target[at] = value;

        Reasons(new Table([new NumberColumn("x", [3, 1, 2, 5, 4]), new NumberColumn("target", target)]), Options)
            .ShouldHaveSingleItem().ShouldContain(where);
        target[at] = 1e15;
        DatasetBuilder.Build(new Table([new NumberColumn("x", [3, 1, 2, 5, 4]), new NumberColumn("target", target)]), Options)
            .Baselines.Values.ShouldAllBe(loss => double.IsFinite(loss));
    }

    [Fact]
    public void A_table_without_rows_or_targets_says_so()
    {
        Reasons(new Table([new NumberColumn("target", []), new NumberColumn("x", [])]), Options)
            .ShouldBe(["The table has no rows; write some."]);
        Reasons(new Table(
            [new NumberColumn("target", [double.NaN, double.NegativeInfinity, double.NaN]), new NumberColumn("x", [1, 2, 3])]), Options)
            .ShouldHaveSingleItem().ShouldStartWith("No row has a target");
    }

    [Fact]
    public void A_text_target_a_constant_target_and_a_date_of_numbers_are_refused()
    {
        Reasons(new Table([new TextColumn("target", ["a", "b", "c"]), new NumberColumn("x", [1, 2, 3])]), Options).ShouldHaveSingleItem()
            .ShouldBe("The target 'target' holds text, not numbers, in 3 of 3 rows (row 1: 'a'); convert it or name another target.");
        Reasons(new Table([new NumberColumn("target", [0.1, 0.1, 0.1, 0.1, 3]), new NumberColumn("x", [1, 2, 3, 4, 5])]), Options)
            .ShouldHaveSingleItem().ShouldContain("'target' is 0.1 in every training row");
        Reasons(Small(new NumberColumn("x", [1, 2, 3, 4, 5]), new NumberColumn("date", [1, 2, 3, 4, 5])), Options).ShouldHaveSingleItem()
            .ShouldContain("'date' holds number, not dates");
    }

    [Theory]
    [InlineData(0, 0, 0, "train fraction 0 ")]
    [InlineData(1, 0, 0, "train fraction 1 ")]
    [InlineData(double.NaN, 0, 0, "train fraction NaN ")]
    [InlineData(0.8, 1, 0, "test fraction 1 ")]
    [InlineData(0.8, 0, -1, "embargo of -1 rows")]
    public void Shares_that_make_no_sense_are_refused(double train, double test, int embargo, string expected) =>
        Reasons(Small(new NumberColumn("x", [1, 2, 3, 4, 5])), Options with
        {
            TrainFraction = train,
            TestFraction = test,
            EmbargoRows = embargo
        }).ShouldHaveSingleItem().ShouldContain(expected);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(999)]
    public async Task Features_in_a_scratch_file_are_the_same_as_in_memory(int cells)
    {
        var options = Options with { TestFraction = 0.1, EmbargoRows = 3 };
        var expected = DatasetBuilder.Build(Gold.Synthetic(), options);
        using var scratch = new MemoryStream();
        var data = DatasetBuilder.Build(Gold.Synthetic(), options, new ScratchSpace(() => scratch, cells));

        scratch.Length.ShouldBeGreaterThan(0);
        data.Preprocessor.ToJson().ShouldBe(expected.Preprocessor.ToJson());
        data.Profile.ToJson().ShouldBe(expected.Profile.ToJson());
        data.Baselines.ShouldBe(expected.Baselines);
        var parts = new[] { (data.Train, expected.Train), (data.Validation, expected.Validation), (data.Test!, expected.Test!) };
        foreach (var (actual, whole) in parts)
        {
            actual.IsInMemory.ShouldBeFalse();
            Should.Throw<InvalidOperationException>(() => actual.Features);
            Enumerable.Range(0, actual.Rows).SelectMany(row => actual.Row(row).ToArray()).ShouldBe(whole.Features);
            actual.Target.ShouldBe(whole.Target);
            actual.Dates.ShouldBe(whole.Dates);
            actual.Names.ShouldBe(whole.Names);
            var bytes = await WriteAsync(actual);
            bytes.ShouldBe(await WriteAsync(whole with { BlockCells = cells }));
            (await SplitTable.ReadAsync(new MemoryStream(bytes), "split")).Features.ShouldBe(whole.Features);
            var blocks = SplitTable.ReadBlocks(new MemoryStream(bytes), "split").ToList();
            blocks.Count.ShouldBe(actual.Blocks().Count());
            blocks.SelectMany(block => block.Features).ShouldBe(whole.Features);
            blocks.SelectMany(block => block.Target!).ShouldBe(whole.Target!);
            blocks.SelectMany(block => block.Dates!).ShouldBe(whole.Dates!);
        }
    }

    [Fact]
    public async Task A_table_that_is_read_as_it_is_asked_for_gives_the_same_splits()
    {
        var bytes = await Gold.BytesAsync();
        var expected = DatasetBuilder.Build(await ParquetTable.ReadAsync(new MemoryStream(bytes), "gold"), Options);
        using var table = ParquetTable.Open(new MemoryStream(bytes), "gold");
        var data = DatasetBuilder.Build(table, Options);

        data.Train.Features.ShouldBe(expected.Train.Features);
        data.Validation.Features.ShouldBe(expected.Validation.Features);
        data.Profile.ToJson().ShouldBe(expected.Profile.ToJson());
    }

    [Fact]
    public void A_split_that_no_array_holds_is_refused_by_name()
    {
        var split = ChronologicalSplit.Of(1000, 0.8);

        SizeCheck.Throw(split, features: 10, maxCells: 8000);
        Should.Throw<DataRejectedException>(() => SizeCheck.Throw(split, features: 10, maxCells: 7999)).Reasons.ShouldBe(
        [
            "The training rows are too many: 800 rows of 10 features are more than 7999 values, which is what a trainer can hold. "
                + "Leave out the oldest rows, or ignore columns.",
        ]);
        Should.Throw<DataRejectedException>(() => SizeCheck.Throw(ChronologicalSplit.Of(10_000_000, 0.8), features: 300));
    }

    [Fact]
    public void A_cancelled_preparation_stops() =>
        Should.Throw<OperationCanceledException>(() =>
            DatasetBuilder.Build(Gold.Synthetic(), Options, new CancellationToken(canceled: true)));

    private static async Task<byte[]> WriteAsync(FeatureMatrix split)
    {
        using var stream = new MemoryStream();
        await SplitTable.WriteAsync(split, stream);
        return stream.ToArray();
    }

    private static IReadOnlyList<string> Reasons(Table table, PrepareOptions options) =>
        Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(table, options)).Reasons;

    private static Table Small(params Column[] columns) => new([new NumberColumn("target", [1, 2, 3, 4, 6]), .. columns]);
}
