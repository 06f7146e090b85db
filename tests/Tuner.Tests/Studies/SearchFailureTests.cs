using System.Text.Json;
using MacroCausal.TestKit.Stores;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>Settings that no check has caught and that the search cannot work with: the study ends and says why.</summary>
public sealed class SearchFailureTests : IDisposable
{
    private const string Id = "unsearchable";

    private readonly TemporaryDirectory _directory = new();

    private static StudySettings Settings => new()
    {
        ExecutionId = Id,
        GoldBucket = "gold",
        ArtifactsBucket = "artifacts",
        ModelRegistryTable = "models",
        Trials = 2,
        MaxEpochs = 2,
        GracePeriod = 1,
    };

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, string> Unsearchable => new()
    {
        { "batchSize", """{"type":"choice","choices":[32,32.0,64]}""" },
        { "batchSize", """{"type":"integer","low":64,"high":32}""" },
        { "dropout", """{"type":"choice","choices":["a lot"]}""" },
    };

    [Theory]
    [MemberData(nameof(Unsearchable))]
    public async Task A_search_space_that_cannot_be_searched_ends_the_study_with_its_reason(string name, string dimension)
    {
        var space = new Dictionary<string, SearchDimension>(Hyperparameters.Default)
        {
            [name] = JsonSerializer.Deserialize<SearchDimension>(dimension, JsonSerializerOptions.Web)!,
        };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices());

        await tuner.SendAsync(
            QueueNames.Study, new StartStudy { ExecutionId = Id, Settings = Settings with { SearchSpace = space } });

        var failed = await tuner.PublishedAsync<TrainingFailed>();
        failed.Reasons.ShouldHaveSingleItem().ShouldStartWith("The search could not go on: ");
        (await tuner.Harness.Consumed.Any<DataPrepared>()).ShouldBeTrue();
        (await tuner.Store.FindStudyAsync(Id))!.State.ShouldBe("Failed");
    }

    [Fact]
    public async Task Records_that_cannot_be_folded_end_the_study_with_the_reason()
    {
        var running = new SimulatedServices { Swallows = _ => true };
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, running);
        await tuner.SendAsync(QueueNames.Study, new StartStudy { ExecutionId = Id, Settings = Settings });
        (await tuner.Harness.Consumed.SelectAsync<RunTrial>().Take(2).CountAsync()).ShouldBe(2);
        var trial = (await tuner.TrialsAsync(Id))[0];
        (await tuner.Store.TryReplaceTrialAsync(trial with { Version = trial.Version + 1, ToEpoch = 7 })).ShouldBeTrue();

        await tuner.SendAsync(QueueNames.Study, new ResumeTraining { ExecutionId = Id });

        (await tuner.PublishedAsync<TrainingFailed>()).Reasons.ShouldHaveSingleItem().ShouldStartWith("The search could not go on: ");
    }

    [Fact]
    public async Task The_reports_of_a_study_whose_record_cannot_be_read_are_put_aside_at_once()
    {
        await using var tuner = await TunerHarness.StartAsync(_directory.Path, new SimulatedServices());
        (await tuner.Store.TryAddStudyAsync(Records.Study(Id) with { State = "Searching", Saga = "{" })).ShouldBeTrue();

        await tuner.ReportAsync(Id, trial: 0);
        await tuner.PublishedAsync<Fault<TrialEpochCompleted>>();

        tuner.Counted.Studies.ShouldBe(1, "a retry reads it again, and holds a place of the others' messages meanwhile");
    }
}
