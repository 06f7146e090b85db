using CsCheck;
using MacroCausal.Contracts;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class WalkForwardTests
{
    private static readonly Gen<(int Rows, PrepareOptions Options, int Folds)> Asked = Gen.Select(
        Gen.Int[0, 400], Gen.Double[0.2, 0.8], Gen.Double[0, 0.19], Gen.Int[0, 5], Gen.Int[1, 4], Gen.Int[1, 20],
        (rows, train, test, embargo, horizon, folds) => (
            rows,
            new PrepareOptions { TrainFraction = train, TestFraction = test, EmbargoRows = embargo, Horizon = horizon },
            folds));

    [Fact]
    public void The_blocks_are_the_validation_rows_and_nothing_known_before_a_block_lies_in_it() => Asked.Sample(asked =>
    {
        var (rows, options, folds) = asked;
        var whole = ChronologicalSplit.Of(
            rows, options.TrainFraction, options.TestFraction, options.EmbargoRows, options.Horizon - 1);
        ChronologicalSplit[] splits = [.. WalkForwardFold.Of("a", folds).Select(fold => ChronologicalSplit.OfFold(rows, fold, options))];
        splits.SelectMany(split => Enumerable.Range(split.Test.Start, split.Test.Count))
            .ShouldBe(Enumerable.Range(whole.Validation.Start, whole.Validation.Count));
        foreach (var split in splits)
        {
            var gap = options.EmbargoRows + options.Horizon - 1;
            split.Validation.End.ShouldBeLessThanOrEqualTo(Math.Max(0, split.Test.Start - gap));
            if (split.Validation.Count > 0) split.Train.End.ShouldBeLessThanOrEqualTo(Math.Max(0, split.Validation.Start - gap));
        }
    });

    [Fact]
    public void Blocks_are_cut_between_dates()
    {
        DateTimeOffset[] dates = [.. Enumerable.Range(0, 60).Select(row => Day(2000).AddDays(row / 3))];
        var blocks = WalkForwardFold.Of("a", 3).Select(fold => ChronologicalSplit.OfFold(60, fold, new PrepareOptions(), dates).Test);
        blocks.ShouldBe([new RowRange(48, 3), new RowRange(51, 3), new RowRange(54, 6)]);
    }

    [Fact]
    public void What_comes_with_a_block_or_after_it_changes_nothing_that_a_fold_learns_from()
    {
        var fold = new WalkForwardFold("a", 2, 3);
        var options = new PrepareOptions { Fold = fold, Horizon = 2, TemporalFeatures = "lags,averages,calendar", ResidualOf = "ar" };
        var block = ChronologicalSplit.OfFold(200, fold, options).Test;
        var (before, after) = (DatasetBuilder.Build(Series(200), options), DatasetBuilder.Build(Series(200, block.Start, 1000), options));
        var later = DatasetBuilder.Build(Series(200, block.End, 1000), options);

        after.Preprocessor.ToJson().ShouldBe(before.Preprocessor.ToJson());
        after.Residual!.ToJson().ShouldBe(before.Residual!.ToJson());
        LinearMember.ToJson(after.LinearMembers).ShouldBe(LinearMember.ToJson(before.LinearMembers));
        after.Train.Features.ShouldBe(before.Train.Features);
        after.Validation.Features.ShouldBe(before.Validation.Features);
        after.BaselineForecasts.Target.ShouldBe(before.BaselineForecasts.Target);
        after.TestBaselineForecasts!.Target.ShouldNotBe(before.TestBaselineForecasts!.Target);
        foreach (var name in new[] { "mean", "ar", "ridge", "ridgeLags" })
        {
            later.TestBaselineForecasts!.Forecasts[name].ShouldBe(before.TestBaselineForecasts.Forecasts[name], name);
        }

        after.TestBaselineForecasts.Forecasts["ar"][0].ShouldBe(before.TestBaselineForecasts.Forecasts["ar"][0]);
        later.Test!.Features.ShouldBe(before.Test!.Features);
    }

    [Fact]
    public void The_baselines_of_a_block_are_fitted_on_all_rows_before_it()
    {
        var fold = new WalkForwardFold("a", 3, 4);
        var data = DatasetBuilder.Build(Series(200), new PrepareOptions { Fold = fold });
        var block = ChronologicalSplit.OfFold(200, fold, new PrepareOptions()).Test;
        var targets = ((NumberColumn)Series(200).Find("target")!).Values;

        data.TestBaselineForecasts!.Forecasts["mean"][^1].ShouldBe(
            targets[..block.Start].Average(), 1e-6, "the rows that select the fold's model included");
        data.TestBaselineForecasts.Forecasts["lastValue"].ShouldBe(targets[(block.Start - 1)..(block.End - 1)], 1e-5);
        data.BaselineForecasts.Forecasts["mean"][0].ShouldBe(targets[..data.Train.Rows].Average(), 1e-6);
    }

    [Fact]
    public void More_folds_than_there_are_validation_dates_are_refused_with_the_remedy() =>
        Should.Throw<DataRejectedException>(() => DatasetBuilder.Build(
            Series(40), new PrepareOptions { Fold = new WalkForwardFold("a", 1, 20) }))
            .Message.ShouldContain("too few for a walk-forward of 20 folds (fold 1 of 20, 40 usable rows");

    [Fact]
    public void Losses_are_pooled_over_rows_and_the_best_baseline_is_the_best_of_all_of_them()
    {
        var figures = WalkForward.Of(
            [
                Block(1, target: [0, 0, 0], model: [1, 1, 1], ("ar", [2, 2, 2]), ("mean", [0, 0, 0])),
                Block(2, target: [0], model: [3], ("mean", [9]), ("ar", [2])),
            ],
            horizon: 1);

        (figures.Rows, figures.Loss, figures.BestBaseline, figures.Difference).ShouldBe((4, 3, "ar", -1));
        figures.Baselines.ShouldBe(new Dictionary<string, double> { ["ar"] = 4, ["mean"] = 20.25 }, ignoreOrder: true);
        figures.Folds.Select(fold => (fold.Number, fold.Rows, fold.Loss, fold.BaselineLoss)).ShouldBe([(1, 3, 1, 4), (2, 1, 9, 4)]);
        (figures.DifferenceInterval, figures.PValue, figures.Intervals).ShouldBe((null, null, null), "there are too few rows");
    }

    [Fact]
    public void The_difference_and_its_interval_are_those_of_Diebold_and_Mariano() => Gen.Int[0, 1000].Sample(seed =>
    {
        var random = new Random(seed);
        double[] Noise() => [.. Enumerable.Range(0, 15).Select(_ => random.NextDouble())];
        WalkForwardBlock[] blocks =
            [Block(1, new double[15], Noise(), ("ar", Noise())), Block(2, new double[15], Noise(), ("ar", Noise()))];
        double[] own = [.. blocks.SelectMany(block => block.Model)];
        double[] other = [.. blocks.SelectMany(block => block.Baselines.Forecasts["ar"])];

        var figures = WalkForward.Of(blocks, horizon: 2);

        figures.PValue.ShouldBe(ForecastTests.DieboldMariano(own, other, 2).PValue);
        figures.DifferenceInterval.ShouldBe(ForecastTests.Difference(own, other, 2).Interval);
        figures.Difference.ShouldBe(own.Average(error => error * error) - other.Average(error => error * error), 1e-12);
    });

    [Fact]
    public void Coverage_counts_the_rows_within_each_folds_own_interval_by_year()
    {
        // Of 9 residuals 1 to 9 the ninth is the half-width at 90 %.
        var first = Block(1, new double[3], [8.9, -9, 9.1], ("mean", new double[3])) with
        {
            Calibration = [1, -2, 3, 4, 5, 6, 7, 8, 9],
            Dates = [Day(2001), Day(2001, 2), Day(2002)],
        };
        var second = first with
        {
            Fold = 2,
            Calibration = Array.ConvertAll(first.Calibration, value => value * 10),
            Dates = [Day(2003), Day(2004), Day(2005)],
        };

        var intervals = WalkForward.Of([first, second], 1).Intervals!;

        (intervals.Level, intervals.Plain).ShouldBe((0.9, 5.0 / 6));
        intervals.PlainByYear!["2001"].ShouldBe(1);
        intervals.PlainByYear["2002"].ShouldBe(0);
        intervals.PlainByYear["2005"].ShouldBe(1);
    }

    [Fact]
    public void Adapted_intervals_cover_nearly_what_they_should_where_the_errors_grow() => Gen.Int[0, 50].Sample(
        seed =>
        {
            var random = new Random(seed);
            double[] Errors(int rows, double scale) => [.. Enumerable.Range(0, rows).Select(_ => scale * ((2 * random.NextDouble()) - 1))];
            var block = Block(1, new double[400], Errors(400, 3), ("mean", new double[400])) with { Calibration = Errors(100, 1) };
            var intervals = WalkForward.Of([block], 1).Intervals!;
            intervals.Plain.ShouldBeLessThan(0.45, "a third of the rows lie within");
            intervals.Adaptive.ShouldBeInRange(0.84, 0.96);
        },
        iter: 50);

    [Fact]
    public void The_word_rests_on_the_walk_forward_and_the_sentence_says_so()
    {
        var losses = new StudyLosses { Loss = 1, Baselines = new Dictionary<string, double> { ["ar"] = 4 }, Rows = 40, Looks = 303 };
        var figures = WalkForward.Of(
            [
                Block(
                    1, new double[20], [.. Enumerable.Repeat(2.0, 20)],
                    ("ar", [.. Enumerable.Repeat(1.0, 20)]), ("mean", [.. Enumerable.Repeat(3.0, 20)])),
            ],
            horizon: 1);
        var corrected = new CorrectedFigures(1, new(1, 1), -3, new(-4, -2));

        StudyVerdict.Of(losses, corrected, "").Word.ShouldBe("better");
        var verdict = StudyVerdict.Of(losses, corrected, "", walkForward: figures);
        verdict.Word.ShouldBe("not better");
        verdict.Sentence.ShouldBe(
            "not better than an autoregression, the best of 2 baselines in a walk-forward of 1 fold over 20 rows: loss 4 against 1, "
            + "+3 (95 % 3 to 3); the registered model has loss 1 on the validation rows, selected among 303 on them, where "
            + "an autoregression has 4; corrected for the selection among trials 1 (95 % 1 to 1), -3 to that baseline (95 % -4 to -2)");
        StudyVerdict.Of(losses, corrected, "", notWalked: "fold 2 failed: No row").Sentence
            .ShouldEndWith("; there are no figures of the walk-forward, because fold 2 failed: No row");
    }

    private static WalkForwardBlock Block(
        int fold, double[] target, double[] model, params (string Name, double[] Values)[] baselines) => new()
        {
            Fold = fold,
            Calibration = [],
            Model = model,
            BestTrial = model,
            Baselines = new BaselineForecasts
            {
                Target = target,
                Forecasts = baselines.ToDictionary(baseline => baseline.Name, baseline => baseline.Values),
            },
        };

    // Rows from 'from' on have other values.
    private static Table Series(int rows, int from = int.MaxValue, double off = 0)
    {
        var random = new Random(3);
        double Value(int row) => Math.Sin(row / 7.0) + random.NextDouble() + (row >= from ? off : 0);
        double[] Values() => [.. Enumerable.Range(0, rows).Select(Value)];
        return new Table(
        [
            new DateColumn("date", [.. Enumerable.Range(0, rows).Select(row => (DateTimeOffset?)Day(2000).AddMonths(row))]),
            new NumberColumn("target", Values()),
            new NumberColumn("x", Values()),
        ]);
    }

    private static DateTimeOffset Day(int year, int month = 1) => new(year, month, 1, 0, 0, 0, TimeSpan.Zero);
}
