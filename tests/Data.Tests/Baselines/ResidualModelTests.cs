using CsCheck;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class ResidualModelTests
{
    private const int Rows = 200;
    private const int Lags = 12;
    private static readonly PrepareOptions Auto = new() { TemporalFeatures = "lags", ResidualOf = "auto" };

    [Fact]
    public void Networks_learn_the_residual_of_a_level_and_the_target_of_a_growth_rate()
    {
        var level = DatasetBuilder.Build(Series(Level(1)), Auto);
        var growth = DatasetBuilder.Build(Series(Noise(1)), Auto);

        level.Residual.ShouldNotBeNull().Baseline.Name.ShouldBe("ar");
        level.Profile.Residual!.ShouldStartWith("Networks learn what an autoregression leaves of the target");
        growth.Residual.ShouldBeNull();
        growth.Profile.Residual!.ShouldStartWith("Networks learn the target");
        DatasetBuilder.Build(Series(Level(1)), Auto with { ResidualOf = "none" }).Residual.ShouldBeNull();
    }

    [Fact]
    public void What_is_asked_for_by_name_is_taken_or_refused_with_the_remedy()
    {
        foreach (var name in new[] { "ar", "lastValue", "ridge" })
        {
            DatasetBuilder.Build(Series(Noise(2)), Auto with { ResidualOf = name }).Residual!.Baseline.Name.ShouldBe(name);
        }

        var asked = new PrepareOptions { ResidualOf = "lastValue" };
        Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(Series(Level(2)), asked)).Reasons.ShouldHaveSingleItem()
            .ShouldBe(
                "The networks cannot learn what 'lastValue' leaves of the target: no feature is the target of an earlier row. "
                + "Say --temporal-features lags (temporalFeatures), or --residual-of none (residualOf).");
        DatasetBuilder.Build(Series(Level(2)), asked with { ResidualOf = "auto" }).Residual.ShouldBeNull();
    }

    [Fact]
    public void A_level_without_noise_is_left_to_the_autoregression()
    {
        double[] level = [.. Enumerable.Range(0, Rows).Select(row => 2.0 + (row % 2))];

        var data = DatasetBuilder.Build(Series(level), Auto with { ResidualOf = "ar" });

        data.Residual.ShouldBeNull();
        data.Profile.Residual.ShouldBe("Networks learn the target: an autoregression leaves nothing of it on the training rows");
    }

    [Fact]
    public void Residual_and_features_are_those_of_the_definition() => Gen.Select(Gen.Int[1, 4], Gen.Int[2, 30], Gen.Int).Sample(drawn =>
    {
        var (features, rows, seed) = drawn;
        var random = new Random(seed);
        FeatureMatrix Matrix(double width) => new()
        {
            Names = [.. Enumerable.Range(0, features).Select(feature => $"f{feature}")],
            Features = [.. Enumerable.Range(0, rows * features).Select(_ => (float)(width * (random.NextDouble() - 0.5)))],
            Rows = rows,
            Target = [.. Enumerable.Range(0, rows).Select(_ => (float)random.NextDouble())],
        };
        var baseline = new LinearMember("ar", [.. Enumerable.Range(0, features).Select(_ => random.NextDouble())], 0.3);
        var (train, later) = (Matrix(1), Matrix(3));

        var model = ResidualModel.FromJson(ResidualModel.Of(baseline, train).ToJson(), features);
        var (learned, seen) = (model.Apply(train), model.Apply(later));

        learned.Features.ShouldBe(train.Features);
        learned.Target!.Average(value => (double)value * value).ShouldBe(1, 1e-4);
        for (var row = 0; row < rows; row++)
        {
            var forecast = 0.3 + later.Row(row).ToArray().Zip(baseline.Weights, (x, w) => x * w).Sum();
            ((seen.Target![row] * model.Scale) + forecast).ShouldBe(later.Target![row], 1e-5);
            for (var feature = 0; feature < features; feature++)
            {
                var column = Enumerable.Range(0, rows).Select(other => train.Row(other)[feature]).ToArray();
                seen.Row(row)[feature].ShouldBe(Math.Clamp(later.Row(row)[feature], column.Min(), column.Max()));
            }
        }
    });

    [Fact]
    public void A_file_of_other_features_is_refused()
    {
        var model = new ResidualModel { Baseline = new("ar", [1], 0), Scale = 1, Lowest = [0], Highest = [1] };

        Should.Throw<TableException>(() => ResidualModel.FromJson(model.ToJson(), 2)).Message.ShouldBe(
            "residual.json cannot be read (it is not of 2 features); train again or restore it.");
        Should.Throw<TableException>(() => ResidualModel.FromJson("{}"u8, 1));
        Should.Throw<TableException>(() => ResidualModel.FromJson("null"u8, 1));
    }

    [Fact]
    public void Rows_without_their_history_teach_neither_the_autoregression_nor_the_networks()
    {
        // A trend with little noise. The median in place of what is missing would be far from it.
        double[] trend = [.. Noise(4).Select((value, row) => (10 * row) + value)];

        var data = DatasetBuilder.Build(Series(trend), Auto);

        data.Train.Rows.ShouldBe((int)(Rows * Auto.TrainFraction) - Lags);
        var ar = data.LinearMembers.Single(member => member.Name == "ar");
        ar.Loss(data.Validation).ShouldBeLessThan(1e-5);
        data.Profile.Residual!.ShouldEndWith("; 12 training rows without a whole history are left out");
        DatasetBuilder.Build(Series(trend), Auto with { ResidualOf = "none" }).Train.Rows.ShouldBe((int)(Rows * Auto.TrainFraction));
    }

    [Fact]
    public void The_own_past_of_a_level_is_never_clipped_and_that_of_a_growth_rate_is()
    {
        FeatureColumn[] OwnPast(double[] target)
        {
            var (table, rows) = (Series(target), Enumerable.Range(0, Rows).ToArray());
            var fitted = DatasetBuilder.Build(table, Auto).Preprocessor;
            var clipped = fitted with { Columns = [.. fitted.Columns.Select(column => column with { Limit = 1 })] };
            var columns = LinearMembers.Unclipped(clipped, fitted.WithTemporal(table), rows, target).Columns;
            columns[0].Name.ShouldBe("other");
            columns[0].Limit.ShouldBe(1);
            return [.. columns.Skip(1)];
        }

        OwnPast(Level(3)).ShouldAllBe(column => column.Limit == null);
        OwnPast(Noise(3)).ShouldAllBe(column => column.Limit == 1);
        OwnPast(Level(3)).Length.ShouldBe(Lags);
    }

    private static double[] Level(int seed)
    {
        var random = new Random(seed);
        var level = new double[Rows];
        for (var row = 1; row < Rows; row++)
        {
            level[row] = level[row - 1] + random.NextDouble() - 0.48;
        }

        return level;
    }

    private static double[] Noise(int seed)
    {
        var random = new Random(seed);
        var values = new double[Rows];
        for (var row = 1; row < Rows; row++)
        {
            values[row] = (0.5 * values[row - 1]) + random.NextDouble() - 0.5;
        }

        return values;
    }

    private static Table Series(double[] target)
    {
        var (start, random) = (new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero), new Random(9));
        return new Table(
        [
            new DateColumn("date", [.. target.Select((_, row) => (DateTimeOffset?)start.AddMonths(row))]),
            new NumberColumn("other", [.. target.Select(_ => random.NextDouble())]),
            new NumberColumn("target", target),
        ]);
    }
}
