using MacroCausal.Data.Evaluation;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Sections;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Tests.Sections;

public sealed class ForecastBlocksTests
{
    private readonly StudyFacts _facts = SimulatedStudy.Completed();

    [Fact]
    public void The_band_holds_as_many_rows_as_the_figures_of_the_walk_forward_say()
    {
        var figures = WalkForward.Of(_facts.WalkForward, horizon: 1);
        var (table, sentence) = Drawn(_facts);

        var (actual, low, high) = (Values(table, "actual"), Values(table, "walk_forward_low"), Values(table, "walk_forward_high"));
        var held = actual.Index().Count(row => low[row.Index] <= row.Item && row.Item <= high[row.Index]);
        (held / (double)SimulatedStudy.ValidationRows).ShouldBe(figures.Intervals!.Plain, 1e-9);
        held.ShouldBeInRange(1, SimulatedStudy.ValidationRows - 1);
        var forecasts = Values(table, "walk_forward");
        actual.Zip(forecasts, (value, forecast) => Math.Pow(value!.Value - forecast!.Value, 2)).Average().ShouldBe(figures.Loss, 1e-4);
        sentence.ShouldEndWith(FormattableString.Invariant(
            $"meant to hold 90 %, held {held} of these rows ({100.0 * held / SimulatedStudy.ValidationRows:0} %)."));
        sentence.ShouldContain(FormattableString.Invariant($"miss it by {Math.Sqrt(figures.Loss):G4} on 120 rows in 4 blocks"));
    }

    [Fact]
    public void Blocks_that_are_some_of_the_rows_are_found_by_their_dates()
    {
        var some = _facts with { WalkForward = [_facts.WalkForward[1], _facts.WalkForward[3]] };
        var blocks = ForecastBlocks.Of(_facts.Forecasts!, some.WalkForward)!;

        blocks.Spans.ShouldBe([new PlotSpan("2", 30, 59), new PlotSpan("4", 90, 119)]);
        var drawn = blocks.Columns[0].Values;
        drawn.Take(30).ShouldAllBe(value => value == null);
        drawn[30].ShouldBe(Numbers.Rounded(_facts.WalkForward[1].Model[0]));
    }

    [Fact]
    public void Without_enough_residuals_there_is_no_band_and_without_the_rows_no_blocks()
    {
        WalkForwardBlock[] few = [.. _facts.WalkForward.Select(block => block with { Calibration = block.Calibration[..5] })];
        var blocks = ForecastBlocks.Of(_facts.Forecasts!, few)!;

        blocks.Band.ShouldBeNull();
        blocks.Columns.Count.ShouldBe(1);
        blocks.Sentence.ShouldEndWith("a fold has too few validation rows for a band.");
        WalkForwardBlock[] other = [_facts.WalkForward[0] with { Dates = null }];
        ForecastBlocks.Of(_facts.Forecasts!, other).ShouldBeNull();
        ForecastBlocks.Of(_facts.Forecasts!, []).ShouldBeNull();
    }

    private static (DataTable Table, string Sentence) Drawn(StudyFacts facts)
    {
        var figure = ForecastSection.Of(facts)!.Figures[0];
        return (figure.Data, figure.Sentence);
    }

    private static IReadOnlyList<double?> Values(DataTable table, string column) => ((Numbers)table[column]).Values;
}
