using MacroCausal.Model.Checkpoints;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.TrialRunner.Tests;

public sealed class CancelledStudyTests : IDisposable
{
    private const int Endless = 1_000_000;

    private readonly MemoryObjectStore _objects = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteDatabase _database;
    private readonly CountedStudies _studies;
    private readonly FakeTimeProvider _time = new();

    public CancelledStudyTests()
    {
        _database = SqliteDatabase.Open(Path.Combine(_directory.Path, "records.db"));
        _studies = new CountedStudies(new SqliteStudyStore(_database));
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Completed")]
    [InlineData("WalkingForward")]
    [InlineData("Registering")]
    public async Task A_segment_that_waits_while_its_study_ends_is_dropped_without_a_word(string state)
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        await PutAsync(segment, state);
        await using var process = await RunnerProcess.StartAsync(_objects, _studies, _time);

        await process.SendAsync(segment);
        await process.Watch.WaitAsync<RunTrial>(_ => true);

        process.Watch.All<TrialEpochCompleted>().ShouldBeEmpty();
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
        _objects.Opens.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Registering")]
    public async Task Segments_that_run_stop_once_the_search_is_over_and_go_on_once_it_is_resumed(string state)
    {
        var data = await Studies.PrepareAsync(_objects);
        var (one, other) = (Studies.Segment(data, toEpoch: Endless, trial: 1), Studies.Segment(data, toEpoch: Endless, trial: 2));
        await PutAsync(one, "Searching");
        await using var process = await RunnerProcess.StartAsync(_objects, _studies, _time);
        await process.SendAsync(one);
        await process.SendAsync(other);
        await process.Watch.WaitAsync<TrialEpochCompleted>(report => report is { Trial: 1, Epoch: > 2 });
        await process.Watch.WaitAsync<TrialEpochCompleted>(report => report is { Trial: 2, Epoch: > 2 });

        await PutAsync(one, state);
        await AdvanceUntilConsumedAsync(process, 2);

        var left = process.Watch.All<TrialEpochCompleted>().Where(report => report.Trial == 1).Max(report => report.Epoch);
        process.Watch.All<Exception>().ShouldBeEmpty();
        process.Watch.All<TrialFailed>().ShouldBeEmpty();
        PartialOf(one).Epoch.ShouldBe(left);

        await PutAsync(one, "Searching");
        await process.SendAsync(one);
        await process.Watch.WaitAsync<TrialEpochCompleted>(report => report.Trial == 1 && report.Epoch > left);
    }

    [Fact]
    public async Task Segments_that_wait_for_a_group_stop_as_well()
    {
        var data = await Studies.PrepareAsync(_objects);
        await PutAsync(Studies.Segment(data), "Searching");
        await using var process = await RunnerProcess.StartAsync(
            _objects, groupSize: 2, maxConcurrentSegments: 2, time: _time, studies: _studies);
        await process.SendAsync(Studies.Segment(data));
        await _studies.ReadAsync(1);

        await PutAsync(Studies.Segment(data), "Failed");
        await AdvanceUntilConsumedAsync(process, 1);

        process.Watch.All<TrialEpochCompleted>().ShouldBeEmpty();
        process.Watch.All<Exception>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_that_was_deleted_is_over_and_one_that_never_was_on_record_is_not()
    {
        var data = await Studies.PrepareAsync(_objects);
        await using var process = await RunnerProcess.StartAsync(_objects, _studies, _time);
        (await process.RunAsync(Studies.Segment(data, trial: 1))).Count.ShouldBe(10);

        var segment = Studies.Segment(data, toEpoch: Endless, trial: 2);
        await PutAsync(segment, "Searching");
        await process.SendAsync(segment);
        await process.Watch.WaitAsync<TrialEpochCompleted>(report => report.Trial == 2);
        await new SqliteStudyStore(_database).TryRemoveStudyAsync((await _studies.WithoutCountAsync(segment.ExecutionId))!);
        await AdvanceUntilConsumedAsync(process, 2);

        process.Watch.All<TrialFailed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Records_that_cannot_be_read_end_nothing()
    {
        var segment = Studies.Segment(await Studies.PrepareAsync(_objects));
        _studies.Fails = true;
        await using var process = await RunnerProcess.StartAsync(_objects, _studies, _time);

        (await process.RunAsync(segment)).Count.ShouldBe(10);
    }

    [Fact]
    public async Task All_segments_of_a_study_look_once()
    {
        var data = await Studies.PrepareAsync(_objects);
        await PutAsync(Studies.Segment(data), "Searching");
        await using var process = await RunnerProcess.StartAsync(_objects, _studies, _time);

        await process.RunAsync(Studies.Segment(data, trial: 0));
        foreach (var trial in Enumerable.Range(1, 5))
        {
            await process.RunAsync(Studies.Segment(data, trial: trial));
        }

        _studies.Reads.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        await process.RunAsync(Studies.Segment(data, trial: 6));
        _studies.Reads.ShouldBe(2);
    }

    private async Task AdvanceUntilConsumedAsync(RunnerProcess process, int messages)
    {
        var consumed = process.Watch.WaitAsync<RunTrial>(messages, _ => true);
        await _time.AdvanceUntilAsync(() => Task.FromResult(consumed.IsCompleted));
        await consumed;
    }

    private Checkpoint PartialOf(RunTrial segment) =>
        Checkpoint.Read(new MemoryStream(_objects.Objects[CheckpointObjects.PartialUri(segment)]));

    private async Task PutAsync(RunTrial segment, string state)
    {
        var known = await _studies.WithoutCountAsync(segment.ExecutionId);
        var record = Records.Study(segment.ExecutionId) with { State = state, Version = known is null ? 0 : known.Version + 1 };
        (await (known is null ? _studies.TryAddStudyAsync(record) : _studies.TryReplaceStudyAsync(record))).ShouldBeTrue();
    }
}

/// <summary>Counts how often a study is looked for.</summary>
internal sealed class CountedStudies(IStudyStore store) : DelegatingStudyStore(store)
{
    private readonly IStudyStore _store = store;
    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    public bool Fails { get; set; }

    public override Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return Fails ? Task.FromException<StudyRecord?>(new StoreException("The table is not there.")) : WithoutCountAsync(executionId);
    }

    public Task<StudyRecord?> WithoutCountAsync(string executionId) => _store.FindStudyAsync(executionId);

    public Task ReadAsync(int times) => Eventually.Holds(() => Reads >= times);
}
