using CsCheck;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Preparation;

public sealed class PreprocessorTests
{
    private const double Missing = double.NaN;
    private static readonly PrepareOptions Options = new();

    [Fact]
    public void Only_the_training_rows_are_fitted_on()
    {
        var table = TableOf(new NumberColumn("x", [1, 2, Missing, 3, 1e9]), new TextColumn("r", ["a", "b", "a", "b", "c"]));
        var changed = TableOf(new NumberColumn("x", [1, 2, Missing, 3, -5]), new TextColumn("r", ["a", "b", "a", "b", null]));
        Preprocessor.Fit(table, [0, 1, 2, 3], Options).ToJson().ShouldBe(Preprocessor.Fit(changed, [0, 1, 2, 3], Options).ToJson());
    }

    [Fact]
    public void Missing_numbers_and_infinities_become_the_training_median()
    {
        var fitted = FitAll(new NumberColumn("x", [1, 2, 6, Missing, double.PositiveInfinity]));
        fitted.Inputs.ShouldHaveSingleItem().Median.ShouldBe(2);
        fitted.Columns.ShouldHaveSingleItem().Mean.ShouldBe((1 + 2 + 6 + 2 + 2) / 5.0, 1e-12);
        fitted.Columns[0].Scale.ShouldBe(Math.Sqrt((2.56 + 0.36 + 11.56 + 0.36 + 0.36) / 5), 1e-12);
    }

    [Theory]
    [InlineData(600, 5, false)]
    [InlineData(600, 6, true)]
    [InlineData(100, 4, false)]
    [InlineData(100, 5, true)]
    public void A_missing_indicator_needs_one_percent_of_the_rows_and_at_least_five(int rows, int missing, bool indicated)
    {
        var fitted = FitAll(new NumberColumn("x", [.. Enumerable.Range(0, rows).Select(i => i < missing ? Missing : i)]));
        fitted.Columns.Select(column => column.Name).ShouldBe(indicated ? ["x", "x#missing"] : ["x"]);
        fitted.Inputs[0].HasMissingIndicator.ShouldBe(indicated);
    }

    [Fact]
    public void Categories_are_one_hot_in_ordinal_order_and_unknown_ones_are_zero_everywhere()
    {
        var fitted = FitAll(new TextColumn("r", ["low", "High", "low", null, "mid", ""]));
        fitted.Columns.Select(column => column.Name).ShouldBe(["r=High", "r=low", "r=mid"]);
        var zero = fitted.Columns.Select(column => (float)(-column.Mean / column.Scale)).ToArray();
        foreach (var value in new[] { null, "new", "LOW" })
        {
            fitted.Apply(new Table([new TextColumn("r", [value])])).Features.ShouldBe(zero);
        }

        fitted.Apply(new Table([new TextColumn("r", ["low"])])).Features[1].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Integers_are_categories_where_they_are_named_so()
    {
        var column = new NumberColumn("quarter", [1, 2, 3, Missing], isInteger: true);
        FitAll(column).Columns.Select(feature => feature.Name).ShouldBe(["quarter"]);
        FitAll(column, Options with { CategoryColumns = ["quarter"] }).Columns.Select(feature => feature.Name)
            .ShouldBe(["quarter=1", "quarter=2", "quarter=3"]);
    }

    [Fact]
    public void Booleans_are_zero_and_one()
    {
        var fitted = FitAll(new BooleanColumn("b", [true, false, false, false]));
        fitted.Columns[0].Mean.ShouldBe(0.25);
        fitted.Columns[0].Scale.ShouldBe(Math.Sqrt(0.1875), 1e-12);
    }

    [Fact]
    public void Columns_that_cannot_be_features_are_dropped_with_the_reason()
    {
        var rows = 60;
        var fitted = FitAll(
            Options with { IgnoredColumns = ["secret"] },
            new NumberColumn("good", Numbers(rows)),
            new NumberColumn("empty", [.. Enumerable.Repeat(Missing, rows)]),
            new TextColumn("no_text", new string?[rows]),
            new NumberColumn("constant", [.. Enumerable.Repeat(0.1, rows)]),
            new NumberColumn("constant_or_missing", [.. Enumerable.Range(0, rows).Select(i => i % 2 == 0 ? 0.1 : Missing)]),
            new TextColumn("one_word", [.. Enumerable.Repeat("us", rows)]),
            new TextColumn("rich", [.. Enumerable.Range(0, rows).Select(i => $"v{i}")]),
            new UnsupportedColumn("list", "nested", rows),
            new DateColumn("released", new DateTimeOffset?[rows]),
            new TextColumn("execution_id", [.. Enumerable.Range(0, rows).Select(i => $"e{i % 2}")]),
            new NumberColumn("secret", Numbers(rows)));
        fitted.Inputs.ShouldHaveSingleItem().Name.ShouldBe("good");
        fitted.Dropped.ToDictionary(dropped => dropped.Name, dropped => dropped.Reason).ShouldBe(
            new Dictionary<string, string>
            {
                ["empty"] = "no value in the training rows",
                ["no_text"] = "no value in the training rows",
                ["constant"] = "constant in the training rows",
                ["constant_or_missing"] = "constant in the training rows",
                ["one_word"] = "constant in the training rows",
                ["rich"] = "nearly every row has a value of its own, as an id has (60 in 60 training rows)",
                ["list"] = "unsupported type: nested",
                ["released"] = "a date, but not the date column",
                ["execution_id"] = "identifies the execution",
                ["secret"] = "ignored on request",
                ["target"] = "the target",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Fifty_categories_are_not_too_many() =>
        FitAll(new TextColumn("r", [.. Enumerable.Range(0, 100).Select(i => $"v{i % 50}")])).Columns.Count.ShouldBe(50);

    [Fact]
    public void Of_many_categories_the_fifty_most_frequent_stay_and_the_others_are_one()
    {
        // v0 to v49 three times, r0 to r29 once, and two rows without a value.
        string?[] texts =
        [
            .. Enumerable.Range(0, 150).Select(i => $"v{i % 50}"), .. Enumerable.Range(0, 30).Select(i => $"r{i}"), null, "",
        ];
        var fitted = FitAll(new TextColumn("r", texts));

        var input = fitted.Inputs.ShouldHaveSingleItem();
        input.Categories.ShouldBe(Enumerable.Range(0, 50).Select(i => $"v{i}").Order(StringComparer.Ordinal));
        input.HasOther.ShouldBeTrue();
        var other = fitted.Columns[50];
        (fitted.Columns.Count, other.Name, other.Role).ShouldBe((51, "r#other", FeatureRole.Other));
        other.Mean.ShouldBe(30 / 182.0, 1e-12);

        // A value that no training row had counts as one of the others, a missing one as none.
        var again = FittedPreprocessor.FromJson(fitted.ToJson());
        var later = again.Apply(new Table([new TextColumn("r", ["v7", "r3", "new", null])]));
        Enumerable.Range(0, 4).Select(row => Math.Round((later.Row(row)[50] * other.Scale) + other.Mean, 4)).ShouldBe([0, 1, 1, 0]);
    }

    [Fact]
    public void Names_that_would_clash_are_told_apart()
    {
        var fitted = FitAll(
            Options with { Target = "y", DateColumn = "month" },
            new NumberColumn("y", [1, 2, 3]), new NumberColumn("r=a", [1, 2, 4]), new TextColumn("r", ["a", "b", "a"]),
                new NumberColumn("date", [3, 2, 1]), new NumberColumn("target", [3, 2, 2]));
        fitted.Columns.Select(column => column.Name).ShouldBe(["r=a", "r=a#2", "r=b", "date#2", "target#2"]);
    }

    [Fact]
    public void The_median_is_that_of_the_sorted_numbers() => Gen.Int[-20, 20].Array[1, 60].Sample(numbers =>
    {
        var sorted = numbers.Order().ToArray();
        var half = sorted.Length / 2;
        var expected = sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
        return Moments.Median(Array.ConvertAll(numbers, number => (double)number)) == expected;
    });

    [Fact]
    public void Scaled_training_rows_have_mean_zero_and_deviation_one() =>
        Gen.Double[-1e6, 1e6].Array[20, 60].Where(values => values.Distinct().Count() > 2).Sample(values =>
        {
            var table = TableOf(new NumberColumn("x", values));
            var prepared = Preprocessor.Fit(table, [.. Enumerable.Range(0, values.Length)], Options).Apply(table);
            prepared.Features.Average().ShouldBe(0, 1e-4);
            prepared.Features.Average(value => value * value).ShouldBe(1, 1e-3);
        });

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    public void Tiny_and_huge_units_scale_alike(double unit)
    {
        var table = TableOf(new NumberColumn("x", [1 * unit, 2 * unit, 3 * unit]));
        Preprocessor.Fit(table, [0, 1, 2], Options).Apply(table).Features.ShouldBe([-1.2247449f, 0, 1.2247449f], 1e-5);
    }

    [Fact]
    public void A_constant_target_is_refused() =>
        Should.Throw<DataRejectedException>(() => FitAll(Options, new NumberColumn("target", [2, 2, 2]), new NumberColumn("x", [1, 2, 3])))
            .Reasons.ShouldHaveSingleItem().ShouldContain("'target' is 2 in every training row");

    private static double[] Numbers(int rows) => [.. Enumerable.Range(0, rows).Select(i => (double)(i * i % 17))];

    private static FittedPreprocessor FitAll(Column column, PrepareOptions? options = null) => FitAll(options ?? Options, column);

    private static FittedPreprocessor FitAll(PrepareOptions options, params Column[] columns)
    {
        var table = columns.Any(column => column.Name == options.Target) ? new Table(columns) : TableOf(columns);
        return Preprocessor.Fit(table, [.. Enumerable.Range(0, table.Rows)], options);
    }

    private static Table TableOf(params Column[] columns) =>
        new([.. columns, new NumberColumn("target", [.. Enumerable.Range(0, columns[0].Count).Select(i => (double)i)])]);
}
