using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class StudyLooksTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    private readonly SqliteDatabase _database;
    private readonly SqliteStudyStore _store;

    public StudyLooksTests()
    {
        _database = SqliteDatabase.Open(Path.Combine(_directory.Path, "records.db"));
        _store = new SqliteStudyStore(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Of_several_Tuners_one_takes_a_study_every_15_seconds_whether_or_not_the_last_wake_up_call_arrived()
    {
        var (one, other) = (Looks(), Looks());
        await BeginAsync(one, "study", "Searching");
        (await TakeAsync(one)).ShouldBeEmpty();

        for (var look = 0; look < 3; look++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            (await TakeAsync(other)).ShouldBe(["study"]);
            (await TakeAsync(one)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_study_that_is_over_is_looked_after_no_longer_even_where_the_Tuner_that_ended_it_died()
    {
        await BeginAsync(Looks(), "study", "Completed");
        await _store.TryAddLookAsync(new LookRecord("study", _time.GetUtcNow()));
        await _store.TryAddLookAsync(new LookRecord("never written", _time.GetUtcNow()));

        (await TakeAsync(Looks())).ShouldBeEmpty();

        (await _store.ListDueLooksAsync(_time.GetUtcNow().AddDays(1)).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_that_fails_and_is_resumed_is_looked_after_again()
    {
        var looks = Looks();
        var study = await BeginAsync(looks, "study", "Preparing");
        (study.WasActive, study.CurrentState) = (true, "Failed");
        await looks.EndAsync(study, default);
        _time.Advance(TimeSpan.FromSeconds(15));
        (await TakeAsync(looks)).ShouldBeEmpty();

        (study.WasActive, study.CurrentState) = (false, "Preparing");
        await looks.BeginAsync(study, default);

        _time.Advance(TimeSpan.FromSeconds(15));
        (await TakeAsync(looks)).ShouldBe(["study"]);
    }

    [Fact]
    public async Task One_process_leaves_the_studies_of_others_alone()
    {
        await BeginAsync(Looks(), "another", "Searching");
        var own = Looks(new TunerOptions { OwnStudiesOnly = true });
        await BeginAsync(own, "own", "Searching");

        _time.Advance(TimeSpan.FromSeconds(15));

        (await TakeAsync(own)).ShouldBe(["own"]);
    }

    private StudyLooks Looks(TunerOptions? options = null) => new(_store, Options.Create(options ?? new TunerOptions()), _time);

    private static async Task<List<string>> TakeAsync(StudyLooks looks) =>
        await looks.TakeDueAsync(CancellationToken.None).Select(study => study.ExecutionId).ToListAsync();

    private async Task<StudyInstance> BeginAsync(StudyLooks looks, string executionId, string state)
    {
        var settings = new StudySettings
        {
            ExecutionId = executionId,
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
        };
        var study = new StudyInstance { CurrentState = state, Settings = settings, StartedAt = _time.GetUtcNow() };
        await looks.BeginAsync(study, default);
        await _store.TryAddStudyAsync(StudyDocument.Write(study));
        return study;
    }
}
