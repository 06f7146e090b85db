using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MathNet.Numerics.LinearRegression;

namespace MacroCausal.Data.Tests.Baselines;

public sealed class LinearMemberTests
{
    private const int Rows = 240;

    [Fact]
    public void Each_member_forecasts_what_the_baseline_of_its_name_does()
    {
        var data = DatasetBuilder.Build(Persistent(1), new PrepareOptions { TemporalFeatures = "lags" });

        data.LinearMembers.Select(member => member.Name).ShouldBe(["lastValue", "ar", "ridge"]);
        foreach (var name in new[] { "lastValue", "ridge" })
        {
            Forecasts(data, name).ShouldBe(data.BaselineForecasts.Forecasts[name], 1e-4, name);
        }
    }

    [Fact]
    public void The_autoregression_is_least_squares_of_the_order_with_the_lowest_BIC()
    {
        var data = DatasetBuilder.Build(Persistent(2), new PrepareOptions { TemporalFeatures = "lags" });
        int[] lags =
            [.. data.Preprocessor.Columns.Index().Where(column => column.Item.Name.Contains(" lag ")).Select(column => column.Index)];

        // The first rows lack what the lags are made of.
        int[] rows = [.. Enumerable.Range(lags.Length, data.Train.Rows - lags.Length)];
        double[] target = Array.ConvertAll(rows, row => (double)data.Train.Target![row]);
        double[][] Columns(int order) => [.. rows.Select(row => lags[..order].Select(lag => (double)data.Train.Row(row)[lag]).ToArray())];
        double Bic(int order)
        {
            var fit = order == 0 ? [target.Average()] : MultipleRegression.QR(Columns(order), target, intercept: true);
            var squares = Columns(order).Zip(target, (row, value) => fit[0] + row.Zip(fit.Skip(1), (x, w) => x * w).Sum() - value)
                .Average(error => error * error);
            return (target.Length * Math.Log(squares)) + ((order + 1) * Math.Log(target.Length));
        }

        var order = Enumerable.Range(0, lags.Length + 1).MinBy(Bic);
        var fit = MultipleRegression.QR(Columns(order), target, intercept: true);
        var member = data.LinearMembers.Single(member => member.Name == "ar");

        order.ShouldBeGreaterThan(0);
        member.Intercept.ShouldBe(fit[0], 1e-9);
        lags.Select(lag => member.Weights[lag]).ShouldBe(fit.Skip(1).Concat(new double[lags.Length - order]), 1e-9);
        member.Weights.Index().Where(weight => !lags.Contains(weight.Index)).ShouldAllBe(weight => weight.Item == 0);
    }

    [Fact]
    public void Where_no_lag_is_a_feature_the_ridge_regression_is_the_only_member() =>
        DatasetBuilder.Build(Persistent(3), new PrepareOptions()).LinearMembers.ShouldHaveSingleItem().Name.ShouldBe("ridge");

    [Fact]
    public void A_target_that_is_brought_forward_has_its_own_value_as_the_last_one()
    {
        var data = DatasetBuilder.Build(Persistent(4), new PrepareOptions { Ahead = 1 });

        data.LinearMembers.Select(member => member.Name).ShouldBe(["lastValue", "ar", "ridge"]);
        Forecasts(data, "lastValue").ShouldBe(data.BaselineForecasts.Forecasts["lastValue"], 1e-4);
    }

    [Fact]
    public void Members_come_back_from_their_file_and_those_of_other_features_are_refused()
    {
        LinearMember[] members = [new("ar", [0.5, 0], -1), new("ridge", [0.25, 1e-9], 0)];

        var read = LinearMember.FromJson(LinearMember.ToJson(members), 2);

        read.Select(member => (member.Name, member.Intercept)).ShouldBe([("ar", -1), ("ridge", 0)]);
        read.SelectMany(member => member.Weights).ShouldBe([0.5, 0, 0.25, 1e-9]);
        Should.Throw<TableException>(() => LinearMember.FromJson(LinearMember.ToJson(members), 3))
            .Message.ShouldContain("a member does not have 3 weights");
        Should.Throw<TableException>(() => LinearMember.FromJson("[{}]"u8, 2)).Message.ShouldContain("linear.json cannot be read");
        Should.Throw<TableException>(() => LinearMember.FromJson("null"u8, 2));
    }

    private static double[] Forecasts(Dataset data, string name)
    {
        var (member, fitted) = (data.LinearMembers.Single(member => member.Name == name), data.Preprocessor);
        return
        [
            .. Enumerable.Range(0, data.Validation.Rows).Select(row => data.Validation.Row(row).ToArray()).Select(row =>
                fitted.TargetMean + (fitted.TargetScale * (member.Intercept + row.Zip(member.Weights, (x, w) => x * w).Sum()))),
        ];
    }

    // A level that follows itself and one column.
    private static Table Persistent(int seed)
    {
        var random = new Random(seed);
        var (target, other) = (new double[Rows], new double[Rows]);
        for (var row = 1; row < Rows; row++)
        {
            other[row] = random.NextDouble();
            target[row] = (0.8 * target[row - 1]) + (0.3 * other[row]) + (0.2 * random.NextDouble());
        }

        var start = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return new Table(
        [
            new DateColumn("date", [.. Enumerable.Range(0, Rows).Select(row => (DateTimeOffset?)start.AddMonths(row))]),
            new NumberColumn("other", other),
            new NumberColumn("target", target),
        ]);
    }
}
