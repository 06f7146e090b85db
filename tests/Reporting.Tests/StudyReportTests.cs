using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Sections;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Tests;

public sealed class StudyReportTests
{
    private readonly StudyFacts _facts = SimulatedStudy.Completed();

    [Fact]
    public void Its_sections_come_in_the_order_in_which_people_ask() => Sections(_facts).ShouldBe(
    [
        "verdict", "forecasts", "history", "curves", "rungs", "search", "ensemble", "features", "residuals", "data", "timeline",
        "failures", "reproduce",
    ]);

    [Fact]
    public void Every_figure_has_a_sentence_a_table_and_a_name_of_its_own()
    {
        var figures = StudyReport.Of(_facts).Sections.SelectMany(section => section.Figures).ToList();

        figures.Count.ShouldBeGreaterThan(12);
        figures.Select(figure => figure.Id).ShouldBeUnique();
        figures.ShouldAllBe(figure => figure.Sentence.EndsWith('.') && figure.Data.Rows > 0);
        figures.ShouldAllBe(figure => figure.Data.Columns.All(column => column.Count == figure.Data.Rows));
        figures.GroupBy(figure => figure.Data.Name).ShouldAllBe(same => same.DistinctBy(figure => figure.Data).Count() == 1);
    }

    [Fact]
    public void The_best_so_far_never_rises_and_ends_at_the_lowest_loss()
    {
        var table = TableOf("history-trials");
        var (losses, best) = (Values(table, "loss"), Values(table, "best"));

        best.Zip(best.Skip(1)).ShouldAllBe(pair => pair.Second <= pair.First);
        best[^1].ShouldBe(losses.Min());
        Values(table, "ended").ShouldBeInOrder();
    }

    [Fact]
    public void The_loss_of_the_best_trial_is_set_beside_its_own_correction_and_not_that_of_the_ensemble() =>
        FigureOf("history-trials").Sentence.ShouldEndWith("corrected for the selection among trials it is 1.3.");

    [Fact]
    public void What_the_word_rests_on_is_named_where_there_is_a_walk_forward()
    {
        var walked = new WalkForwardFigures
        {
            Rows = 60,
            Loss = 2,
            Baselines = new Dictionary<string, double> { ["mean"] = 3, ["ridge"] = 1.5 },
            BestBaseline = "ridge",
            Difference = 0.5,
            DifferenceInterval = new(0.25, 0.75),
            PValue = 0.01,
            Folds = [],
        };
        var verdict = _facts.Model!.Verdict! with { Word = "not better", WalkForward = walked };

        var section = StudyReport.Of(_facts with { Model = _facts.Model with { Verdict = verdict } }).Sections[0];

        var difference = section.Figures.Single(figure => figure.Id == "difference");
        difference.Sentence.ShouldBe("The difference is not below 0: the model is not better than a ridge regression in the walk-forward.");
        Values(difference.Data, "difference").ShouldBe([0.5, -0.05]);
        Values(difference.Data, "p")[0].ShouldBe(0.01);
        Values(section.Figures.Single(figure => figure.Id == "losses").Data, "loss").ShouldContain(1.5);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3e6, true)]
    public void A_baseline_that_is_far_off_does_not_press_the_others_together(double mean, bool isLog)
    {
        var data = _facts.Request.Data! with { Baselines = new Dictionary<string, double> { ["mean"] = mean, ["ridge"] = 1.5 } };

        var section = StudyReport.Of(_facts with { Request = _facts.Request with { Data = data } }).Sections[0];

        var losses = section.Figures.Single(figure => figure.Id == "losses");
        losses.Plot.ShouldBeOfType<IntervalPlot>().IsLog.ShouldBe(isLog);
    }

    [Fact]
    public void The_curves_have_every_epoch_and_mark_the_promotions()
    {
        var figure = FigureOf("learning-curves");
        var plot = figure.Plot.ShouldBeOfType<CurvePlot>();

        figure.Data.Rows.ShouldBe(_facts.Epochs.Count);
        plot.Milestones.ShouldBe([5, 10, 20]);
        plot.Promoted.Count.ShouldBe(_facts.Trials.Sum(trial => trial.Milestones.Count(rung => rung.Epoch < trial.ToEpoch)));
        var (trials, epochs) = (Values(figure.Data, "trial"), Values(figure.Data, "epoch"));
        plot.Promoted.ShouldAllBe(row => _facts.Trials[(int)trials[row]].ToEpoch > epochs[row]);
    }

    [Fact]
    public void Of_those_that_reached_a_milestone_each_was_promoted_is_over_or_was_left()
    {
        var rungs = Rung.Of(_facts);

        rungs.Select(rung => rung.Epoch).ShouldBe([5, 10, 20]);
        rungs[0].Reached.ShouldBe(_facts.Trials.Count(trial => trial.Status != TrialStatus.Failed));
        rungs[0].Failed.ShouldBe(_facts.Trials.Count(trial => trial.Status == TrialStatus.Failed));
        rungs.ShouldAllBe(rung => rung.Left >= 0 && rung.Reached == rung.Promoted + rung.Completed + rung.Left);
        rungs.Zip(rungs.Skip(1)).ShouldAllBe(pair => pair.Second.Reached == pair.First.Promoted);
    }

    [Fact]
    public void The_hyperparameter_that_matters_comes_first()
    {
        var figure = StudyReport.Of(SimulatedStudy.Completed(300)).Sections.SelectMany(section => section.Figures)
            .Single(one => one.Id == "importance");

        ((Texts)figure.Data["name"]).Values[0].ShouldBe("learning rate");
        figure.Sentence.ShouldContain("PED-ANOVA");
        figure.Sentence.ShouldContain("the best 28 of 277 trials");
        figure.Sentence.ShouldContain("seed 42");
    }

    [Fact]
    public void The_columns_that_matter_are_named_with_their_intervals_and_how_they_were_found()
    {
        var figure = FigureOf("feature-importance");

        figure.Sentence.ShouldStartWith("Shuffling 'rate' raises the loss of 0.16 most, by 0.12 (95 % 0.06 to 0.2). The intervals of 1 "
            + "of 42 columns lie above 0: 'rate'; chance alone would give about 1.");
        figure.Sentence.ShouldContain("Permutation in blocks of 5 rows, 20 times, on the 120 validation rows, which selected the model");
        figure.Data.Rows.ShouldBe(42);
        Values(figure.Data, "share")[0].ShouldBe(75);
        var plot = figure.Plot.ShouldBeOfType<IntervalPlot>();
        plot.Drawn.ShouldBe(25);
        plot.Strong.ShouldBe([0]);
        FigureOf("partial-dependence").Sentence.ShouldStartWith(
            "The mean forecast moves most with 'rate': by 1.93, from -0.964 at 0 to 0.964 at 5.");
    }

    [Fact]
    public void Residuals_are_actual_less_forecast_and_the_worst_come_first()
    {
        var (actual, forecast) = (_facts.Forecasts!.Target, _facts.Forecasts.Model!);
        var expected = actual.Zip(forecast, (one, other) => Numbers.Rounded(one - other)!.Value).ToArray();

        Values(TableOf("residual-lines"), "residual").ShouldBe(expected);
        var worst = Values(TableOf("worst"), "residual");
        Math.Abs(worst[0]).ShouldBe(expected.Max(Math.Abs));
        worst.Zip(worst.Skip(1)).ShouldAllBe(pair => Math.Abs(pair.First) >= Math.Abs(pair.Second));
    }

    [Fact]
    public void Failures_that_differ_in_numbers_alone_are_one()
    {
        var table = TableOf("failure-table");

        table.Rows.ShouldBe(1);
        Values(table, "count").ShouldBe([_facts.Trials.Count(trial => trial.Status == TrialStatus.Failed)]);
    }

    [Fact]
    public void A_study_that_failed_says_why_and_shows_what_it_has()
    {
        var facts = _facts with
        {
            Model = null,
            Forecasts = null,
            Request = _facts.Request with { Failures = ["No trial has a model."] },
        };

        var report = StudyReport.Of(facts);

        report.Word.ShouldBe("failed");
        report.Sections[0].Text.ShouldBe(["No trial has a model."]);
        report.Sections.Select(section => section.Id).ShouldContain("curves");
    }

    [Fact]
    public void A_study_of_which_nothing_is_stored_has_a_report()
    {
        var empty = new StudyFacts
        {
            Request = SimulatedStudy.Request(null) with { Data = null, Failures = ["The table is not there."] },
            Trials = [],
            Epochs = [],
        };

        Sections(empty).ShouldBe(["verdict", "failures", "reproduce"]);
    }

    private static IEnumerable<string> Sections(StudyFacts facts) => StudyReport.Of(facts).Sections.Select(section => section.Id);

    private Figure FigureOf(string id) =>
        StudyReport.Of(_facts).Sections.SelectMany(section => section.Figures).Single(figure => figure.Id == id);

    private DataTable TableOf(string id) => FigureOf(id).Data;

    private static double[] Values(DataTable table, string column) =>
        [.. ((Numbers)table[column]).Values.Select(value => value ?? double.NaN)];
}
