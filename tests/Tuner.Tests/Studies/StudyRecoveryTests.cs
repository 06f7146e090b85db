using MacroCausal.TestKit.Stores;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class StudyRecoveryTests : IDisposable
{
    private const string Id = "recovered";

    private static readonly Lazy<Task<(TrainingCompleted Completed, SimulatedServices Services)>> Undisturbed = new(RunAsync);

    private readonly TemporaryDirectory _directory = new();

    private static StartTraining Start => new() { ExecutionId = Id, Trials = 12, MaxEpochs = 40, Parallelism = 1 };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(17)]
    public async Task A_Tuner_that_dies_after_any_segment_is_followed_by_one_that_ends_the_same_study(int segments)
    {
        var (expected, undisturbed) = await Undisturbed.Value;
        var left = segments;
        var first = new SimulatedServices { Swallows = _ => left-- <= 0 };
        await using (var died = await TunerHarness.StartAsync(_directory.Path, first))
        {
            await died.SendAsync(QueueNames.StartTraining, Start);
            (await died.Harness.Consumed.SelectAsync<RunTrial>().Take(segments + 1).CountAsync()).ShouldBe(segments + 1);
        }

        var second = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, second);
        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        var completed = await tuner.PublishedAsync<TrainingCompleted>();
        completed.ShouldBeEquivalentTo(expected);
        var segmentsRun = first.Segments.SkipLast(1).Concat(second.Segments).Select(segment => (segment.Trial, segment.ToEpoch));
        segmentsRun.ShouldBe(undisturbed.Segments.Select(segment => (segment.Trial, segment.ToEpoch)));
    }

    [Fact]
    public async Task Two_Tuners_on_one_study_create_no_trial_twice_and_lose_none()
    {
        var (left, right) = (new SimulatedServices { Copies = 2 }, new SimulatedServices());
        await using var one = await TunerHarness.StartAsync(_directory.Path, left);
        await using var other = await TunerHarness.StartAsync(_directory.Path, right);

        await Task.WhenAll(
            one.SendAsync(QueueNames.StartTraining, Start with { Parallelism = 4, Sampler = "random" }),
            other.SendAsync(QueueNames.StartTraining, Start with { Parallelism = 4, Sampler = "random" }));
        var completed = await FirstAsync(one.PublishedAsync<TrainingCompleted>(), other.PublishedAsync<TrainingCompleted>());

        (completed.Trials, completed.FailedTrials).ShouldBe((12, 0));
        left.Segments.Concat(right.Segments).Select(segment => (segment.Trial, segment.ToEpoch)).ShouldBeUnique();
        (await one.TrialsAsync(Id)).Select(trial => trial.Trial).ShouldBe(Enumerable.Range(0, 12));
    }

    private static async Task<(TrainingCompleted Completed, SimulatedServices Services)> RunAsync()
    {
        using var directory = new TemporaryDirectory();
        var simulated = new SimulatedServices();
        await using var tuner = await TunerHarness.StartAsync(directory.Path, simulated);
        await tuner.SendAsync(QueueNames.StartTraining, Start);
        return (await tuner.PublishedAsync<TrainingCompleted>(), simulated);
    }

    // The Tuner that does not end the study waits in vain, and may say so first.
    private static async Task<TrainingCompleted> FirstAsync(params Task<TrainingCompleted>[] answers)
    {
        await foreach (var answer in Task.WhenEach(answers))
        {
            if (answer.IsCompletedSuccessfully) return await answer;
        }

        return await answers[0];
    }
}
