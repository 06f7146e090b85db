using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class EpochRecorderTests : IDisposable
{
    private const string Id = "study";

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    private readonly SqliteDatabase _database;
    private readonly SqliteStudyStore _store;
    private readonly ActiveStudyCache _studies;
    private readonly EpochRecorder _recorder;

    public EpochRecorderTests()
    {
        _database = SqliteDatabase.Open(Path.Combine(_directory.Path, "records.db"));
        _store = new SqliteStudyStore(_database);
        _studies = new ActiveStudyCache(_store, Options.Create(new TunerOptions()), _time);
        _recorder = new EpochRecorder(_store, _studies, new Heartbeats(_store, _time), _time);
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_epoch_within_a_segment_is_recorded_and_the_study_need_not_hear_of_it()
    {
        await BeginAsync("Searching", isFolded: true);

        (await _recorder.RecordAsync(Report(epoch: 1), default)).ShouldBeTrue();

        (await EpochsAsync()).ShouldHaveSingleItem().Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task An_epoch_within_a_segment_pushes_its_lease_back()
    {
        await BeginAsync("Searching", isFolded: true);
        _time.Advance(4 * new TunerOptions().Lease);
        _studies.Find(Id)!.Leases.ExpiredLeases(_time.GetUtcNow(), []).Select(expired => expired.Trial).ShouldBe([0]);

        await _recorder.RecordAsync(Report(epoch: 1), default);

        _studies.Find(Id)!.Leases.ExpiredLeases(_time.GetUtcNow(), []).ShouldBeEmpty();
    }

    [Fact]
    public async Task Epochs_that_follow_quickly_leave_one_heartbeat_an_eighth_of_a_lease()
    {
        await BeginAsync("Searching", isFolded: true);
        var began = _time.GetUtcNow();
        for (var epoch = 1; epoch <= 29; epoch++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _recorder.RecordAsync(Report(epoch), default);
        }

        // A lease has 120 seconds: recorded after 1 and after 16.
        (await _store.FindHeartbeatAsync(Id, 0)).ShouldBe(new HeartbeatRecord(Id, 0, began.AddSeconds(16)));
    }

    [Fact]
    public async Task The_epoch_that_ends_a_segment_is_recorded_and_the_study_decides_about_it()
    {
        await BeginAsync("Searching", isFolded: true);

        (await _recorder.RecordAsync(Report(epoch: 10) with { Checkpoint = new("s3://artifacts/0", "") }, default)).ShouldBeFalse();

        (await EpochsAsync()).ShouldHaveSingleItem().Epoch.ShouldBe(10);
    }

    [Fact]
    public async Task An_epoch_of_a_study_that_is_not_folded_here_is_recorded_and_the_study_hears_of_it()
    {
        await BeginAsync("Searching", isFolded: false);

        (await _recorder.RecordAsync(Report(epoch: 1), default)).ShouldBeFalse();

        (await EpochsAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Preparing")]
    [InlineData("Completed")]
    public async Task An_epoch_of_a_study_that_does_not_search_leaves_no_record(string? state)
    {
        if (state is not null)
        {
            await BeginAsync(state, isFolded: false);
        }

        (await _recorder.RecordAsync(Report(epoch: 1), default)).ShouldBeFalse();

        (await EpochsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_epoch_that_comes_after_the_search_has_ended_is_recorded_while_the_model_is_registered()
    {
        await BeginAsync("Registering", isFolded: false);

        (await _recorder.RecordAsync(Report(epoch: 1), default)).ShouldBeFalse();

        (await EpochsAsync()).ShouldHaveSingleItem().Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task Of_an_epoch_that_is_reported_twice_the_first_report_stays()
    {
        await BeginAsync("Searching", isFolded: true);

        await _recorder.RecordAsync(Report(epoch: 1), default);
        await _recorder.RecordAsync(Report(epoch: 1) with { Metrics = new((EpochMetrics.ValidationLoss, 2)) }, default);

        (await EpochsAsync()).ShouldHaveSingleItem().Metrics.ValidationLoss.ShouldBe(1);
    }

    private static TrialEpochCompleted Report(int epoch) => new()
    {
        ExecutionId = Id,
        Trial = 0,
        Epoch = epoch,
        ToEpoch = 10,
        Metrics = new((EpochMetrics.ValidationLoss, 1)),
        BestEpoch = epoch,
        Seconds = 0.1,
        RowsPerSecond = 800,
        Runner = "test",
    };

    private async Task BeginAsync(string state, bool isFolded)
    {
        var settings = new StudySettings
        {
            ExecutionId = Id,
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
        };
        var study = new StudyInstance { CurrentState = state, Settings = settings, StartedAt = _time.GetUtcNow() };
        await _store.TryAddStudyAsync(StudyDocument.Write(study));
        if (isFolded)
        {
            var active = await _studies.GetOrFoldAsync(study, default);
            var start = (Search.Studies.StartTrial)active.Study.Next();
            active.Leases.Track(TrialTransitions.Begin(Id, start, _time.GetUtcNow()));
        }
    }

    private async Task<List<EpochRecord>> EpochsAsync() => await _store.ListEpochsAsync(Id).ToListAsync();
}
