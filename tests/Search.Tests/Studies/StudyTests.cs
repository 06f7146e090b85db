using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using MacroCausal.Search.Studies;
using MacroCausal.Search.Tests.Simulation;

namespace MacroCausal.Search.Tests.Studies;

public sealed class StudyTests
{
    private static readonly SearchOptions Plan = new() { Space = Simulation.Spaces.Model, Sampler = "random", Trials = 4, Parallelism = 2 };

    [Fact]
    public void A_study_starts_as_many_trials_as_it_has_slots()
    {
        var study = new Study(Plan);
        Take<StartTrial>(study).Trial.ShouldBe(0);
        var second = Take<StartTrial>(study);
        second.ShouldBe(new StartTrial(1, TrialSeed.Of(0, 1), second.Configuration, 10));
        study.Next().ShouldBe(new Wait());
        (study.Running, study.Trials, study.IsOver).ShouldBe((2, 2, false));
    }

    [Fact]
    public void A_study_that_may_run_fewer_segments_starts_no_more_than_these()
    {
        var study = new Study(Plan);
        study.Next(maxRunning: 0).ShouldBe(new Wait());
        Take<StartTrial>(study);
        study.Next(maxRunning: 1).ShouldBe(new Wait());
        study.Next(maxRunning: 2).ShouldBeOfType<StartTrial>();
        Take<StartTrial>(study);
        study.Next(maxRunning: 3).ShouldBe(new Wait(), "its own limit holds besides");
    }

    [Fact]
    public void Asking_changes_nothing_and_the_answer_stays_the_same()
    {
        var study = new Study(Plan with { Sampler = "tpe" });
        study.Next().ShouldBe(study.Next());
        study.Running.ShouldBe(0);
    }

    [Fact]
    public void A_promoted_trial_runs_to_the_next_milestone()
    {
        var study = Started(2);
        study.Report(0, 10, 2.0, 9, false).ShouldBeTrue();
        study.Report(1, 10, 1.0, 10, false).ShouldBeTrue();
        Take<ContinueTrial>(study).ShouldBe(new ContinueTrial(1, 10, 20));
        study.Find(1).ShouldBe(new TrialProgress(TrialStatus.Running, 10, 20, 10));
        study.Find(0).ShouldBe(new TrialProgress(TrialStatus.Paused, 10, 10, 9));
        study.Rungs[0].ShouldBe(new RungOverview(10, 2, 1));
        Take<StartTrial>(study).Trial.ShouldBe(2);
    }

    [Theory]
    [InlineData(7, 10, false)]
    [InlineData(0, 5, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 11, true)]
    [InlineData(0, 20, false)]
    [InlineData(-1, 10, false)]
    [InlineData(1, 10, false)]
    public void A_report_that_does_not_end_a_running_segment_changes_nothing(int trial, int epoch, bool endedEarly)
    {
        var study = Started(2);
        study.Report(1, 10, 1.0, 1, false);
        study.Report(trial, epoch, 0.1, 1, endedEarly).ShouldBeFalse();
        (study.Running, study.EpochsDone, study.Best, study.Rungs[0].Recorded).ShouldBe((1, 10L, new BestTrial(1, 1, 1.0), 1));
    }

    [Fact]
    public void A_trial_that_ends_early_counts_at_its_next_milestone_and_is_not_promoted()
    {
        var study = Started(2);
        study.Report(0, 4, 0.5, 2, endedEarly: true).ShouldBeTrue();
        study.Report(1, 10, 1.0, 10, false);
        study.Find(0)!.Value.Status.ShouldBe(TrialStatus.Completed);
        study.Rungs[0].ShouldBe(new RungOverview(10, 2, 0));
        study.EpochsDone.ShouldBe(14);
        study.Best.ShouldBe(new BestTrial(0, 2, 0.5));
        study.Next().ShouldBeOfType<StartTrial>();
    }

    [Fact]
    public void A_failure_frees_the_slot_once()
    {
        var study = Started(2);
        study.Fail(0).ShouldBeTrue();
        study.Fail(0).ShouldBeFalse();
        study.Fail(9).ShouldBeFalse();
        (study.Running, study.Failed).ShouldBe((1, 1));
        Take<StartTrial>(study).Trial.ShouldBe(2);
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("random")]
    public void A_failed_trial_that_is_tried_again_stands_as_if_all_records_were_folded_anew(string sampler)
    {
        var plan = Plan with { Sampler = sampler, Trials = 40, Parallelism = 3 };
        var study = new Study(plan);
        var configurations = new[] { Take<StartTrial>(study), Take<StartTrial>(study), Take<StartTrial>(study) }
            .Select(start => start.Configuration).ToList();
        study.Report(0, 10, 1.0, 9, false);
        study.Report(1, 10, 2.0, 9, false);
        Take<ContinueTrial>(study).Trial.ShouldBe(0);
        study.Fail(0);
        study.Fail(2);
        study.FindFailed(0).ShouldBe(0);
        study.FindFailed(1).ShouldBe(2);
        study.FindFailed(3).ShouldBeNull();

        TrialSnapshot[] records =
        [
            Record(0, TrialStatus.Running, 10, 20, new RungLoss(10, 1.0)),
            Record(1, TrialStatus.Paused, 10, 10, new RungLoss(10, 2.0)),
            Record(2, TrialStatus.Running, 0, 10),
        ];
        foreach (var record in records)
        {
            study.Update(record);
        }

        var folded = new Study(plan);
        foreach (var record in records)
        {
            folded.Restore(record);
        }

        (study.Running, study.Failed, study.EpochsDone).ShouldBe((2, 0, 20));
        study.Rungs.ShouldBe(folded.Rungs);
        study.FindFailed(0).ShouldBeNull();
        for (var step = 0; step < 10; step++)
        {
            var decision = study.Next();
            decision.ShouldBe(folded.Next());
            var (trial, epoch) = decision is ContinueTrial promoted ? (promoted.Trial, 20) : (((StartTrial)decision).Trial, 10);
            foreach (var one in new[] { study, folded })
            {
                one.Apply(decision);
                one.Report(trial, epoch, 1.5 + step, epoch, endedEarly: true).ShouldBeTrue();
            }
        }

        TrialSnapshot Record(int trial, TrialStatus status, int epoch, int toEpoch, params RungLoss[] milestones) => new()
        {
            Trial = trial,
            Configuration = configurations[trial],
            Status = status,
            Epoch = epoch,
            ToEpoch = toEpoch,
            Milestones = milestones,
            BestEpoch = milestones.Length == 0 ? 0 : 9,
        };
    }

    [Fact]
    public void The_late_result_of_a_failed_trial_is_taken_back_in()
    {
        var study = Started(2);
        study.Fail(0);
        study.Report(0, 10, 0.5, 10, false).ShouldBeTrue();
        study.Report(1, 10, 1.0, 10, false);
        (study.Running, study.Failed).ShouldBe((0, 0));
        study.Next().ShouldBe(new ContinueTrial(0, 10, 20));
    }

    [Fact]
    public void The_best_has_the_lowest_loss_then_the_fewest_epochs_then_the_lowest_number()
    {
        var study = Started(3, Plan with { Parallelism = 3 });
        study.Best.ShouldBeNull();
        study.Report(2, 10, 1.0, 7, false);
        study.Best.ShouldBe(new BestTrial(2, 7, 1.0));
        study.Report(1, 10, 1.0, 6, false);
        study.Best.ShouldBe(new BestTrial(1, 6, 1.0));
        study.Report(0, 10, 1.0, 6, false);
        study.Best.ShouldBe(new BestTrial(0, 6, 1.0));
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_never_the_best_and_never_promoted()
    {
        var study = Started(2);
        study.Report(0, 10, double.NaN, 0, false);
        study.Report(1, 10, null, 0, false);
        study.Best.ShouldBeNull();
        study.Next().ShouldBeOfType<StartTrial>();
    }

    [Fact]
    public void An_epoch_budget_counts_what_runs_and_starts_no_more_than_it_covers()
    {
        var study = Started(2, Plan with { Parallelism = 4, EpochBudget = 15 });
        study.Next().ShouldBe(new Wait());
        study.Report(0, 1, 1.0, 1, endedEarly: true);
        Take<StartTrial>(study).Trial.ShouldBe(2);
        study.Report(1, 10, 1.0, 1, false);
        study.Report(2, 10, 1.0, 1, false);
        study.Next().ShouldBe(new Finish());
        (study.IsOver, study.EpochsDone).ShouldBe((true, 21L));
    }

    [Fact]
    public void At_the_target_loss_nothing_starts_and_what_runs_is_counted()
    {
        var study = Started(2, Plan with { TargetLoss = 1.0 });
        study.Report(0, 10, 1.0, 10, false);
        study.Next().ShouldBe(new Wait());
        study.Report(1, 10, 0.5, 10, false).ShouldBeTrue();
        study.Best!.Loss.ShouldBe(0.5);
        study.Next().ShouldBe(new Finish());
    }

    [Fact]
    public void Once_closed_a_study_only_waits_for_what_runs()
    {
        var study = Started(1);
        study.Next(closed: true).ShouldBe(new Wait());
        study.Report(0, 10, 1.0, 10, false);
        study.Next(closed: true).ShouldBe(new Finish());
        study.Next().ShouldBeOfType<StartTrial>();
    }

    [Fact]
    public void The_stopping_type_lets_a_good_trial_keep_its_slot_and_ends_a_bad_one()
    {
        var study = Started(2, Plan with { Scheduler = "asha-stopping" });
        study.Report(0, 10, 1.0, 10, false);
        Take<ContinueTrial>(study).ShouldBe(new ContinueTrial(0, 10, 20));
        study.Report(1, 10, 2.0, 10, false);
        Take<StopTrial>(study).ShouldBe(new StopTrial(1, 10));
        study.Find(1)!.Value.Status.ShouldBe(TrialStatus.Stopped);
        Take<StartTrial>(study).Trial.ShouldBe(2);
    }

    [Fact]
    public void A_decision_that_no_longer_fits_is_refused()
    {
        var study = Started(1);
        var start = study.Next();
        study.Apply(start);
        Should.Throw<InvalidOperationException>(() => study.Apply(start)).Message.ShouldContain("Trial 1");
        Should.Throw<InvalidOperationException>(() => study.Apply(new ContinueTrial(0, 10, 20)));
        Should.Throw<InvalidOperationException>(() => study.Apply(new StopTrial(0, 10)));
    }

    [Fact]
    public void A_record_that_does_not_fit_the_plan_is_refused()
    {
        var study = Started(1);
        var trial = new TrialSnapshot
        {
            Trial = 1,
            Configuration = ((StartTrial)study.Next()).Configuration,
            Status = TrialStatus.Running,
            Epoch = 0,
            ToEpoch = 10,
        };
        Should.Throw<ArgumentException>(() => study.Restore(trial with { Trial = 0 }));
        Should.Throw<ArgumentException>(() => study.Restore(trial with { ToEpoch = 15 })).Message.ShouldContain("15");
        study.Restore(trial);
        study.Running.ShouldBe(2);
    }

    [Fact]
    public void Impossible_plans_are_refused_with_a_reason()
    {
        Should.Throw<ArgumentException>(() => new Study(Plan with { Trials = 0 }));
        Should.Throw<ArgumentException>(() => new Study(Plan with { Parallelism = 0 }));
        Should.Throw<ArgumentException>(() => new Study(Plan with { EpochBudget = 0 }));
        Should.Throw<ArgumentException>(() => new Study(Plan with { TargetLoss = double.NaN }));
        Should.Throw<ArgumentException>(() => new Study(Plan with { Scheduler = "hyperband" }));
        Should.Throw<ArgumentException>(() => new Study(Plan with { Sampler = "grid" }));
    }

    private static Study Started(int trials, SearchOptions? plan = null)
    {
        var study = new Study(plan ?? Plan);
        for (var trial = 0; trial < trials; trial++) Take<StartTrial>(study);
        return study;
    }

    private static T Take<T>(Study study)
        where T : Decision
    {
        var decision = study.Next().ShouldBeOfType<T>();
        study.Apply(decision);
        return decision;
    }
}
