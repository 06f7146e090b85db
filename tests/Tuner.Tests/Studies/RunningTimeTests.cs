using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class RunningTimeTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_time_between_turns_counts_up_to_the_budget()
    {
        var study = Study(budget: 60);

        After(study, 0).ShouldBeFalse();
        After(study, 15).ShouldBeFalse();
        After(study, 59).ShouldBeFalse();
        After(study, 60).ShouldBeTrue();
        study.SearchSeconds.ShouldBe(60);
    }

    [Fact]
    public void Of_a_silence_that_is_longer_than_four_looks_one_look_counts()
    {
        var study = Study(budget: 1000);
        After(study, 0);

        After(study, 60);
        study.SearchSeconds.ShouldBe(60);
        After(study, 60 + (24 * 3600));
        study.SearchSeconds.ShouldBe(75);
    }

    [Fact]
    public void A_clock_that_is_behind_counts_nothing_twice()
    {
        var study = Study(budget: 1000);
        After(study, 0);
        After(study, 30);

        After(study, 20);
        After(study, 40);

        study.SearchSeconds.ShouldBe(40);
    }

    [Fact]
    public void Without_a_budget_nothing_is_counted_and_the_record_does_not_change()
    {
        var study = Study(budget: null);

        After(study, 0).ShouldBeFalse();
        After(study, 3600).ShouldBeFalse();

        (study.SearchSeconds, study.CountedUpTo).ShouldBe((0, null));
    }

    private static bool After(StudyInstance study, int seconds) => RunningTime.IsSpent(study, Look, Start.AddSeconds(seconds));

    private static StudyInstance Study(double? budget) => new()
    {
        Settings = new StudySettings
        {
            ExecutionId = "study",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
            SecondsBudget = budget,
        },
    };
}
