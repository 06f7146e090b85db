using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Reporting.Tests.Studies;

public sealed class SegmentRunTests
{
    [Fact]
    public void A_trial_has_a_segment_for_every_milestone_and_each_begins_as_its_epochs_say()
    {
        var runs = Runs([Trial(0, 4, 2)], [Epoch(0, 1, 12, 2), Epoch(0, 2, 14, 2), Epoch(0, 3, 30, 5), Epoch(0, 4, 35, 5)]);

        runs.Select(run => (run.FromEpoch, run.ToEpoch, run.Start, run.End, run.Seconds)).ShouldBe([(1, 2, 10, 14, 4), (3, 4, 25, 35, 10)]);
        runs.ShouldAllBe(run => run.Lane == "a" && run.Again == null);
    }

    [Fact]
    public void Reports_that_travel_together_hide_nothing_of_the_time_that_was_trained() =>
        Runs([Trial(0, 3)], [Epoch(0, 1, 20, 2), Epoch(0, 2, 20, 2), Epoch(0, 3, 20, 2)]).Single().Start.ShouldBe(14);

    [Fact]
    public void A_segment_that_another_runner_went_on_with_is_told_apart_from_one_that_was_its_own()
    {
        var runs = Runs(
            [Trial(0, 4, 2)],
            [Epoch(0, 1, 10), Epoch(0, 2, 11), Epoch(0, 3, 12), Epoch(0, 4, 40, runner: "b")]);

        runs.Select(run => (run.Runner, run.FromEpoch, run.Again)).ShouldBe(
            [("a", 1, null), ("a", 3, null), ("b", 4, "another runner had begun the segment")]);
        Runs([Trial(0, 4, 2)], [Epoch(0, 2, 11), Epoch(0, 3, 12, runner: "b")]).ShouldAllBe(run => !run.IsTakenOver);
    }

    [Fact]
    public void How_often_a_segment_was_issued_is_known_of_the_last_one()
    {
        var trial = Trial(0, 4, 2) with { Attempt = 2 };

        Runs([trial], [Epoch(0, 1, 10), Epoch(0, 2, 11), Epoch(0, 3, 12)]).Select(run => run.Again).ShouldBe([null, "issued 3 times"]);
        Runs([trial], [Epoch(0, 1, 10), Epoch(0, 2, 11)]).Select(run => run.Again).ShouldBe([null], "the reissued one has no report yet");
    }

    [Fact]
    public void Segments_of_one_runner_that_overlap_lie_in_lanes_in_which_none_do()
    {
        TrialRecord[] trials = [.. Enumerable.Range(0, 40).Select(trial => Trial(trial, 3))];
        EpochRecord[] epochs =
        [
            .. trials.SelectMany(trial => Enumerable.Range(1, 3).Select(epoch => Epoch(
                trial.Trial, epoch, (int)(100 * SeededRandom.Of(1, trial.Trial)) + (4 * epoch), 4))),
        ];

        var runs = Runs(trials, epochs);

        runs.Count.ShouldBe(40);
        foreach (var lane in runs.GroupBy(run => run.Lane))
        {
            lane.Zip(lane.Skip(1)).ShouldAllBe(pair => pair.First.End <= pair.Second.Start);
        }

        var together = runs.Max(run => runs.Count(other => other.Start <= run.Start && run.Start < other.End));
        runs.Select(run => run.Lane).Distinct().Count().ShouldBe(together, "no more lanes than are needed");
    }

    private static IReadOnlyList<SegmentRun> Runs(TrialRecord[] trials, EpochRecord[] epochs) =>
        SegmentRun.Of(new StudyFacts { Request = SimulatedStudy.Request(null), Trials = trials, Epochs = epochs });

    private static TrialRecord Trial(int number, int toEpoch, params int[] milestones) => Records.Trial(number) with
    {
        ToEpoch = toEpoch,
        Attempt = 0,
        Milestones = [.. milestones.Select(epoch => new RungLoss(epoch, 1))],
    };

    private static EpochRecord Epoch(int trial, int epoch, int recorded, double seconds = 1, string runner = "a") =>
        Records.Epoch(trial, epoch) with { Seconds = seconds, Runner = runner, RecordedAt = Records.Start.AddSeconds(recorded) };
}
