using MacroCausal.Dashboard.Studies;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Dashboard.Tests.Studies;

public sealed class ExpectedEndTests
{
    [Fact]
    public void What_is_left_takes_as_long_as_what_was_done() =>
        ExpectedEnd.Of(Row(done: 5, asked: 20, seconds: 10)).ShouldBe(Records.Start.AddSeconds(10 + 30));

    [Fact]
    public void Folds_are_trained_too()
    {
        var row = Row(done: 6, asked: 10, seconds: 10) with
        {
            FoldsAsked = 2,
            Folds = [new FoldRow(1, Row(done: 4, asked: 10, seconds: 0).Summary)],
        };

        ExpectedEnd.Of(row).ShouldBe(Records.Start.AddSeconds(10 + 20));
    }

    [Fact]
    public void Nothing_is_said_too_early_or_when_nothing_is_left()
    {
        ExpectedEnd.Of(Row(done: 2, asked: 20, seconds: 10)).ShouldBeNull();
        ExpectedEnd.Of(Row(done: 20, asked: 20, seconds: 10)).ShouldBeNull();
        ExpectedEnd.Of(Row(done: 5, asked: 20, seconds: 0)).ShouldBeNull();
        ExpectedEnd.Of(Row(done: 5, asked: 20, seconds: 10) with { IsOver = true }).ShouldBeNull();
        ExpectedEnd.Of(Row(done: 5, asked: 20, seconds: 10) with { LastReportAt = null }).ShouldBeNull();
    }

    private static StudyRow Row(int done, int asked, double seconds) => new()
    {
        Summary = new StudySummary
        {
            ExecutionId = "study",
            State = "Searching",
            StartedAt = Records.Start,
            TrialsDone = done,
            TrialsAsked = asked,
        },
        IsOver = false,
        LastReportAt = Records.Start.AddSeconds(seconds),
    };
}
