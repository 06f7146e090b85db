using MacroCausal.TestKit.Stores;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>Commands whose consumer is killed each time. Virtual time; nothing but the Tuner's own look wakes a study.</summary>
public sealed class StudyDeadlineTests : IDisposable
{
    private const string Id = "deadlines";

    private readonly TemporaryDirectory _directory = new();
    private int _looks;

    private static StartTraining Start => new() { ExecutionId = Id, Trials = 1, MaxEpochs = 2, Parallelism = 1 };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_PrepareData_that_nothing_comes_of_is_sent_again()
    {
        var simulated = new SimulatedServices { LostPreparations = 2 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.StudyAsync(Id, "Preparing");

        await LookAfterAsync(tuner, minutes: 29);
        simulated.Preparations.Count.ShouldBe(1);
        await LookAfterAsync(tuner, minutes: 1);
        await LookAfterAsync(tuner, minutes: 60);

        await tuner.PublishedAsync<TrainingCompleted>();
        simulated.Preparations.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_PrepareData_that_nothing_ever_comes_of_fails_the_study_which_can_be_resumed()
    {
        var simulated = new SimulatedServices { LostPreparations = 3 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.StudyAsync(Id, "Preparing");

        foreach (var minutes in new[] { 30, 60, 120 })
        {
            await LookAfterAsync(tuner, minutes);
        }

        var failed = await tuner.PublishedAsync<TrainingFailed>();
        failed.InvalidInput.ShouldBeFalse();
        failed.Reasons.ShouldHaveSingleItem().ShouldStartWith("PrepareData was sent 3 times within 210 minutes");
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });
        await tuner.PublishedAsync<TrainingCompleted>();
    }

    [Fact]
    public async Task A_RegisterModel_that_nothing_comes_of_is_sent_again_and_at_last_fails_the_study()
    {
        var simulated = new SimulatedServices { LostRegistrations = 3 };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        await tuner.StudyAsync(Id, "Registering");

        foreach (var minutes in new[] { 30, 60, 120 })
        {
            await LookAfterAsync(tuner, minutes);
        }

        (await tuner.PublishedAsync<TrainingFailed>()).Reasons.ShouldHaveSingleItem().ShouldStartWith("RegisterModel was sent 3 times");
        (await tuner.Harness.Consumed.SelectAsync<RegisterModel>().Take(3).CountAsync()).ShouldBe(3);
    }

    private async Task LookAfterAsync(TunerHarness tuner, double minutes)
    {
        tuner.Time.Advance(TimeSpan.FromMinutes(minutes));
        await tuner.LookAsync();
        _looks++;
        (await tuner.Harness.Consumed.SelectAsync<SweepStudy>().Take(_looks).CountAsync()).ShouldBe(_looks);
    }
}
