using System.Text;
using MacroCausal.Cli.Commands;
using MacroCausal.Contracts;
using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Cli.Tests;

public sealed class SmallPlotTests
{
    private static readonly SmallPlot Unicode = new(true);
    private static readonly SmallPlot Plain = new(false);

    [Fact]
    public void The_smallest_value_is_the_lowest_character_and_the_largest_the_highest()
    {
        Unicode.Line([7, 6, 5, 4, 3, 2, 1, 0]).ShouldBe("█▇▆▅▄▃▂▁");
        Plain.Line([7, 6, 5, 4, 3, 2, 1, 0]).ShouldBe("#*+=~-._");
        Unicode.Line([3, 3]).ShouldBe("▁▁");
        Unicode.Line([]).ShouldBe("");
    }

    [Fact]
    public void Of_many_values_the_last_of_each_part_is_shown()
    {
        double[] values = [.. Enumerable.Range(0, 10_000).Select(value => -(double)value)];

        var line = Unicode.Line(values);
        line.Length.ShouldBe(SmallPlot.Width);
        (line[0], line[^1]).ShouldBe(('█', '▁'));
    }

    [Fact]
    public void A_bar_is_as_long_as_its_part_and_is_seen_where_there_is_anything()
    {
        Plain.Bar(12, 12).ShouldBe(new string('#', SmallPlot.Width));
        Plain.Bar(6, 12).ShouldBe(new string('#', SmallPlot.Width / 2));
        Plain.Bar(1, 10_000).ShouldBe("#");
        Plain.Bar(0, 10_000).ShouldBe("");
    }

    [Fact]
    public void A_study_shows_its_lowest_loss_so_far_and_its_rungs()
    {
        TrialRecord[] trials =
        [
            .. new double?[][] { [8, 4], [9], [null], [2, 1] }.Select((losses, number) => Records.Trial(number) with
            {
                Milestones = [.. losses.Select((loss, rung) => new RungLoss(10 << rung, loss))],
            }),
        ];

        Plain.Rows(trials).ShouldBe(
            [("lowest", "##_"), ("so far", "4 to 1, 3 trials"), ("rung 10", new string('#', 24) + " 4"), ("rung 20", "############ 2")]);
        Plain.Rows([]).ShouldBeEmpty();
        Unicode.Rows(trials).ShouldAllBe(row => $"{row.Name,-10}  {row.Value}".Length <= 40);
    }

    [Theory]
    [InlineData("utf-8", "de_DE.UTF-8", "xterm", true)]
    [InlineData("utf-8", null, "xterm", true)]
    [InlineData("utf-8", "C", "xterm", false)]
    [InlineData("utf-8", "de_DE.UTF-8", "dumb", false)]
    [InlineData("us-ascii", "de_DE.UTF-8", "xterm", false)]
    public void Blocks_are_shown_where_they_can_be(string encoding, string? language, string terminal, bool expected)
    {
        using var output = new StreamWriter(Stream.Null, Encoding.GetEncoding(encoding));

        SmallPlot.Of(output, name => name switch { "LANG" => language, "TERM" => terminal, _ => null }).IsUnicode.ShouldBe(expected);
    }
}
