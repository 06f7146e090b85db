using System.Text;
using System.Text.Json.Nodes;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Preparation;

public sealed class FittedPreprocessorTests
{
    private static readonly Table Trained = new(
    [
        new NumberColumn("x", [1, 2, 3]), new BooleanColumn("b", [true, false, true]), new TextColumn("r", ["a", "b", "a"]),
            new NumberColumn("target", [10, 20, 30]), new DateColumn("date", new DateTimeOffset?[3]),
    ]);

    private static readonly FittedPreprocessor Fitted = Preprocessor.Fit(Trained, [0, 1, 2], new PrepareOptions());

    [Fact]
    public async Task What_is_read_from_json_prepares_the_same()
    {
        var table = await Gold.TableAsync();
        var fitted = DatasetBuilder.Build(table, new PrepareOptions()).Preprocessor;
        var read = FittedPreprocessor.FromJson(fitted.ToJson());
        read.ToJson().ShouldBe(fitted.ToJson());
        read.Apply(table).Features.ShouldBe(fitted.Apply(table).Features);
        read.Apply(table).Target.ShouldBe(fitted.Apply(table).Target);
    }

    [Fact]
    public void Another_version_or_no_json_is_refused()
    {
        Should.Throw<TableException>(() =>
            FittedPreprocessor.FromJson((Fitted with { Version = 2 }).ToJson())).Message.ShouldContain("version 2 but this build reads 1");
        Should.Throw<TableException>(() => FittedPreprocessor.FromJson("{}"u8)).Message.ShouldContain("scaler.json cannot be read");
        Encoding.UTF8.GetString(Fitted.ToJson()).ShouldContain("\"kind\": \"category\"");
    }

    [Fact]
    public void The_names_in_scaler_json_stay_whatever_the_code_calls_them()
    {
        var table = new Table(
        [
            new NumberColumn("x", [.. Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? double.NaN : i)]),
            new TextColumn("r", [.. Enumerable.Range(0, 10).Select(i => i % 3 == 0 ? "a" : "b")]),
            new NumberColumn("target", [.. Enumerable.Range(0, 10).Select(i => (double)i)]),
        ]);
        var json = JsonNode.Parse(Preprocessor.Fit(table, [.. Enumerable.Range(0, 10)], new PrepareOptions()).ToJson())!;

        Names(json).ShouldBe(["version", "target", "targetMean", "targetScale", "inputs", "columns", "dropped"]);
        Names(json["inputs"]![0]!).ShouldBe(["name", "kind", "median", "hasMissingFlag", "categories"]);
        Names(json["columns"]![2]!).ShouldBe(["name", "input", "role", "category", "mean", "scale"]);
        json["inputs"]![0]!["hasMissingFlag"]!.GetValue<bool>().ShouldBeTrue();
        json["columns"]!.AsArray().Select(column => $"{column!["name"]} {column["role"]}")
            .ShouldBe(["x value", "x#missing missing", "r=a category", "r=b category"]);
    }

    [Fact]
    public void A_table_to_predict_needs_neither_target_nor_date()
    {
        var prepared = Fitted.Apply(
            new Table([new TextColumn("r", ["b", "z"]), new NumberColumn("x", [2, double.NaN]), new BooleanColumn("b", [true, null])]));
        prepared.Target.ShouldBeNull();
        prepared.Dates.ShouldBeNull();
        prepared.Rows.ShouldBe(2);
        prepared.Row(0)[0].ShouldBe(0);
        prepared.Row(1)[0].ShouldBe(0);
        prepared.Features.ShouldAllBe(value => float.IsFinite(value));
    }

    [Fact]
    public void What_a_table_lacks_is_counted_and_told()
    {
        var report = InputReport.Of(
            new Table(
            [
                new TextColumn("r", ["b", "z", "z", null]), new NumberColumn("x", [2, double.NaN, double.PositiveInfinity, 1]),
                new BooleanColumn("b", new bool?[4]),
            ]),
            Fitted);

        report.EmptyColumns.ShouldBe(["b"]);
        report.RowsWithMissing.ShouldBe(3);
        report.Unseen.ShouldHaveSingleItem().Rows.ShouldBe(2);
        report.Warnings().ShouldBe(
        [
            "1 of the model's columns have no value in any row ('b'); the medians of the training rows took their place.",
            "3 of 4 rows lack a value in some column; "
                + "the medians of the training rows took its place, and a missing category counts as none.",
            "'r' has a category in 2 of 4 rows that no training row had ('z'); there it counts as none.",
        ]);
        InputReport.Of(Trained, Fitted).Warnings().ShouldBeEmpty();
    }

    [Fact]
    public void Missing_and_changed_columns_are_told_all_at_once()
    {
        var reasons = Should.Throw<DataRejectedException>(() =>
            Fitted.Apply(new Table([new TextColumn("x", ["one"]), new NumberColumn("R", [1])]))).Reasons;
        reasons.Count.ShouldBe(3);
        reasons[0].ShouldBe("Column 'x' holds text, but the model was trained on it as numbers; convert it.");
        reasons[1].ShouldContain("no column 'b'");
        reasons[2].ShouldContain("no column 'r' (named as feature); the nearest are 'R'");
    }

    [Fact]
    public void A_column_without_values_fits_any_kind()
    {
        var prepared =
            Fitted.Apply(new Table([new TextColumn("x", [null]), new TextColumn("b", [""]), new NumberColumn("r", [double.NaN])]));
        prepared.Row(0)[0].ShouldBe(0);
    }

    [Fact]
    public void The_target_is_scaled_and_missing_ones_are_NaN()
    {
        Fitted.TargetMean.ShouldBe(20);
        Fitted.TargetScale.ShouldBe(Math.Sqrt(200 / 3.0), 1e-12);
        var table = new Table([.. Trained.Columns.Where(column => column.Name != "target"),
            new NumberColumn("target", [20, double.NaN, double.NegativeInfinity])]);
        Fitted.Apply(table).Target.ShouldBe([0, float.NaN, float.NaN]);
    }

    [Fact]
    public void Numbers_that_were_far_out_already_are_clipped_and_nothing_else_is()
    {
        // 'x' has a row beyond 1.5 standard deviations, 'grows' has none.
        var table = new Table(
        [
            new NumberColumn("x", [0, 0, 0, 0, 10]), new NumberColumn("grows", [1, 2, 3, 4, 5]),
            new BooleanColumn("b", [false, false, false, false, true]), new TextColumn("r", ["a", "a", "a", "a", "b"]),
            new NumberColumn("target", [1, 2, 3, 4, 5]),
        ]);
        var far = new Table(
        [
            new NumberColumn("x", [-1e9, 0, 1e9]), new NumberColumn("grows", [3, 1e9, 3]), new BooleanColumn("b", [true, false, true]),
            new TextColumn("r", ["a", "b", "c"]),
        ]);
        FittedPreprocessor Fit(double clip) => FittedPreprocessor.FromJson(
            Preprocessor.Fit(table, [0, 1, 2, 3, 4], new PrepareOptions { Clip = clip }).ToJson());

        var (plain, clipped) = (Fit(0).Apply(far), Fit(1.5).Apply(far));

        Column(clipped, "x").ShouldBe([-1.5f, -0.5f, 1.5f]);
        Column(plain, "x")[2].ShouldBeGreaterThan(1e6f);
        foreach (var name in plain.Names.Where(name => name != "x"))
        {
            Column(clipped, name).ShouldBe(Column(plain, name), name);
        }

        Fit(1.5).Columns.Where(feature => feature.Limit is not null).Select(feature => feature.Name).ShouldBe(["x"]);
        Encoding.UTF8.GetString(Fit(0).ToJson()).ShouldNotContain("\"limit\"", customMessage: "older files have none");

        static float[] Column(FeatureMatrix rows, string name) =>
            [.. Enumerable.Range(0, rows.Rows).Select(row => rows.Row(row)[rows.Names.ToList().IndexOf(name)])];
    }

    [Fact]
    public void Rows_come_in_the_order_asked_for() =>
        Fitted.Apply(Trained, [2, 0]).Target.ShouldBe([Fitted.Apply(Trained).Target![2], Fitted.Apply(Trained).Target![0]]);

    private static IEnumerable<string> Names(JsonNode json) => json.AsObject().Select(property => property.Key);
}
