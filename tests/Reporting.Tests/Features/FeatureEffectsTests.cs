using CsCheck;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Temporal;
using MacroCausal.Reporting.Features;
using MacroCausal.TestKit;

namespace MacroCausal.Reporting.Tests.Features;

public sealed class FeatureEffectsTests
{
    private const int Rows = 60;

    private static readonly FittedPreprocessor Fitted = new()
    {
        Target = "y",
        TargetMean = 10,
        TargetScale = 2,
        Temporal =
        [
            new() { Name = "y lag 1", Kind = TemporalKind.Lag, Source = "y", Rows = 1 },
            new() { Name = "rate avg 3", Kind = TemporalKind.Average, Source = "rate", Rows = 3 },
            new() { Name = "month sin", Kind = TemporalKind.Calendar, Term = CalendarTerm.MonthSine },
        ],
        Inputs =
        [
            new() { Name = "rate", Kind = InputKind.Number, Median = 5, HasMissingIndicator = true },
            new() { Name = "regime", Kind = InputKind.Category, Categories = ["calm", "storm"] },
            new() { Name = "y lag 1", Kind = InputKind.Number, Median = 10 },
            new() { Name = "rate avg 3", Kind = InputKind.Number, Median = 5 },
            new() { Name = "month sin", Kind = InputKind.Number, Median = 0 },
        ],
        Columns =
        [
            Feature("rate", 0, FeatureRole.Value, 5, 4), Feature("rate#missing", 0, FeatureRole.MissingIndicator, 0.1, 0.3),
            Feature("regime=calm", 1, FeatureRole.OneHot, 0.5, 0.5) with { Category = "calm" },
            Feature("regime=storm", 1, FeatureRole.OneHot, 0.5, 0.5) with { Category = "storm" },
            Feature("y lag 1", 2, FeatureRole.Value, 10, 2), Feature("rate avg 3", 3, FeatureRole.Value, 5, 2),
            Feature("month sin", 4, FeatureRole.Value, 0, 0.7),
        ],
        Dropped = [],
    };

    [Fact]
    public void Features_that_are_made_of_one_column_are_one_source()
    {
        var sources = FeatureSource.Of(Fitted);

        sources.Select(source => source.Name).ShouldBe(["rate", "regime", "y (its own past)", "date (calendar terms)"]);
        sources.Select(source => string.Join(' ', source.Features)).ShouldBe(["0 1 5", "2 3", "4", "6"]);
    }

    [Theory]
    [InlineData("rate_lag0", "rate lag 1")]
    [InlineData("rate", "rate_lag12")]
    [InlineData("rate.LAG1", "rate")]
    public void Columns_that_call_themselves_lags_of_one_series_are_one(string first, string second)
    {
        InputColumn[] inputs = [.. new[] { first, "other", second, "lag 1", "flag1" }.Select(
            name => new InputColumn { Name = name, Kind = InputKind.Number })];

        var sources = FeatureSource.Of(Fitted with
        {
            Temporal = null,
            Inputs = inputs,
            Columns = [.. inputs.Select((input, place) => Feature(input.Name, place, FeatureRole.Value, 0, 1))],
        });

        sources.Select(source => source.Name).ShouldBe(["rate", "other", "lag 1", "flag1"]);
        sources[0].Features.ShouldBe([0, 2]);
    }

    [Fact]
    public void The_dependence_of_a_linear_model_is_its_line()
    {
        var effects = Effects()!;

        effects.Columns.Select(column => column.Name).ShouldBe(["rate", "regime", "y (its own past)", "date (calendar terms)"]);
        effects.Dependence.Select(column => column.Name).ShouldBe(["rate", "regime"], "the others do nothing to this model");
        var rate = effects.Dependence[0].Points;
        rate.Count.ShouldBe(21);
        // A rate of v throughout is (v - 5) / 4 and (v - 5) / 2 in the model's input, whose weights are 1 and 0.5; times 2.
        var slopes = rate.Zip(rate.Skip(1), (one, next) => (next.Mean - one.Mean) / (next.Value!.Value - one.Value!.Value));
        slopes.ShouldAllBe(slope => Math.Abs(slope - (2 * ((1 / 4.0) + (0.5 / 2)))) < 1e-4);
        rate.ShouldAllBe(point => point.Low <= point.Mean && point.Mean <= point.High);
        var regimes = effects.Dependence[1].Points.ToDictionary(point => point.Category!, point => point.Mean);
        // Storm is 1 in the input where it is -1 else: a difference of 2, of a weight of 0.3, times 2.
        (regimes["storm"] - regimes["calm"]).ShouldBe(2 * 2 * 0.3, 1e-4);
    }

    [Fact]
    public void The_loss_is_that_of_the_model_and_the_file_says_what_was_done()
    {
        var effects = Effects(allRows: 500)!;

        effects.Loss.ShouldBe(0, 1e-9, "the model is the truth");
        (effects.Rows, effects.AllRows, effects.BlockRows, effects.Repeats, effects.LeftOut).ShouldBe((Rows, 500, 4, 20, 0));
        effects.ToJson().ShouldBe(Effects(allRows: 500)!.ToJson());
    }

    [Fact]
    public void A_wide_table_has_fewer_shuffles_of_fewer_columns()
    {
        var effects = Effects(cost: ShufflePlan.Budget / (Rows * 5))!;

        effects.LeftOut.ShouldBe(0, "5 are kept at least and there are 4");
        effects.Repeats.ShouldBe(5);
        Effects(cost: ShufflePlan.Budget).ShouldBeNull();
    }

    [Fact]
    public void A_plan_keeps_to_its_budget() => Gen.Select(Gen.Int[20, 100_000], Gen.Int[1, 5_000], Gen.Double[100, 1e7]).Sample(
        (rows, columns, cost) => ShufflePlan.Of(rows, columns, cost) is not { } plan
            || (plan.Rows <= rows && plan.Kept <= columns && plan.Repeats is >= 5 and <= 20
                && (plan.Kept == columns ? 0 : columns) + (Math.Min(plan.Kept, columns) * plan.Repeats)
                    <= (ShufflePlan.Budget / cost / plan.Rows * 1.5) + (5 * 5) + 1));

    private static FeatureEffects? Effects(int allRows = Rows, double cost = 100)
    {
        var features = new float[Rows * Fitted.Columns.Count];
        for (var row = 0; row < Rows; row++)
        {
            var x = features.AsSpan(row * Fitted.Columns.Count, Fitted.Columns.Count);
            for (var column = 0; column < x.Length; column++)
            {
                x[column] = (float)SeededRandom.Normal(1, 0, column, row);
            }

            x[2] = SeededRandom.Of(2, row) < 0.5 ? 1 : -1;
            x[3] = -x[2];
        }

        var validation = new FeatureMatrix
        {
            Names = [.. Fitted.Columns.Select(column => column.Name)],
            Features = features,
            Rows = Rows,
            Target = Model(features),
        };
        return FeatureEffectsBuilder.Of(Fitted, validation, allRows, Model, cost, seed: 42);
    }

    private static float[] Model(ReadOnlySpan<float> features)
    {
        var forecasts = new float[features.Length / Fitted.Columns.Count];
        for (var row = 0; row < forecasts.Length; row++)
        {
            var x = features.Slice(row * Fitted.Columns.Count, Fitted.Columns.Count);
            forecasts[row] = x[0] + (0.3f * x[3]) + (0.5f * x[5]);
        }

        return forecasts;
    }

    private static FeatureColumn Feature(string name, int input, FeatureRole role, double mean, double scale) =>
        new() { Name = name, Input = input, Role = role, Mean = mean, Scale = scale };
}
