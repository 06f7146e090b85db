using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Tests;

public sealed class LiveReportTests
{
    private readonly StudyFacts _facts = SimulatedStudy.Completed() with { Model = null, Profile = null, Forecasts = null };

    [Fact]
    public void A_study_that_is_not_over_has_the_figures_of_the_report_on_its_trials()
    {
        var report = new LiveReport(_facts).Report;

        report.Sections.Select(section => section.Id).ShouldBe(["history", "curves", "rungs", "search", "failures"]);
        var whole = StudyReport.Of(_facts);
        foreach (var name in report.Tables.Keys)
        {
            report.Tables[name].Columns.Select(Cells).ShouldBe(whole.Tables[name].Columns.Select(Cells));
        }
    }

    [Fact]
    public void The_line_to_beat_is_the_best_baseline_and_the_best_trial_so_far_stands_out()
    {
        var figures = new LiveReport(_facts).Report.Sections.SelectMany(section => section.Figures).ToDictionary(figure => figure.Id);

        figures["history-trials"].Plot.ShouldBeOfType<HistoryPlot>().References
            .ShouldBe([new Reference("autoregression", _facts.Request.Data!.Baselines["ar"])]);
        figures["learning-curves"].Plot.ShouldBeOfType<CurvePlot>().Best
            .ShouldBe(_facts.Epochs.MinBy(epoch => epoch.Metrics.ValidationLoss)!.Trial);
    }

    [Fact]
    public void The_best_so_far_is_what_the_history_draws()
    {
        var live = new LiveReport(_facts);

        live.BestSoFar.Select(value => Numbers.Rounded(value)).ShouldBe(((Numbers)live.Report.Tables["history"]["best"]).Values);
    }

    private static string Cells(DataColumn column) => column switch
    {
        Numbers numbers => string.Join(' ', numbers.Values),
        Texts texts => string.Join(' ', texts.Values),
        _ => "",
    };
}
