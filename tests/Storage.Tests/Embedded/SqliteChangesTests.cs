using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class SqliteChangesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteStudyStore _studies;

    public SqliteChangesTests()
    {
        _database = SqliteDatabase.Open(Path);
        _studies = new SqliteStudyStore(_database);
    }

    private string Path => _directory.Combine("macrocausal.db");

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_change_is_told_once_whoever_wrote_it()
    {
        using var changes = SqliteChanges.Open(Path);
        using var other = SqliteDatabase.Open(Path);
        changes.Take().ShouldBeTrue();
        changes.Take().ShouldBeFalse();

        await _studies.TryAddStudyAsync(Records.Study());
        changes.Take().ShouldBeTrue();
        changes.Take().ShouldBeFalse();
        await new SqliteStudyStore(other).TryAddEpochAsync(Records.Epoch(0, 1));
        changes.Take().ShouldBeTrue();
        await _studies.ListEpochsAsync(Records.Arn).ToListAsync();
        changes.Take().ShouldBeFalse("reading changes nothing");
    }

    [Fact]
    public async Task The_stamp_of_a_study_changes_with_its_record_its_trials_and_its_epochs_alone()
    {
        using var changes = SqliteChanges.Open(Path);
        await _studies.TryAddStudyAsync(Records.Study());
        await _studies.TryAddStudyAsync(Records.Study("other"));
        var other = changes.ReadStudies()["other"];
        var seen = new List<string> { changes.ReadStudies()[Records.Arn] };

        await _studies.TryAddTrialAsync(Records.Trial(0));
        seen.Add(changes.ReadStudies()[Records.Arn]);
        await _studies.TryReplaceTrialAsync(Records.Trial(0, 1));
        seen.Add(changes.ReadStudies()[Records.Arn]);
        await _studies.TryAddEpochAsync(Records.Epoch(0, 1));
        seen.Add(changes.ReadStudies()[Records.Arn]);
        await _studies.TryReplaceStudyAsync(Records.Study(version: 1));
        seen.Add(changes.ReadStudies()[Records.Arn]);

        seen.ShouldBeUnique();
        changes.ReadStudies()["other"].ShouldBe(other);
        await _studies.PutHeartbeatAsync(new(Records.Arn, 0, Records.Start));
        changes.ReadStudies()[Records.Arn].ShouldBe(seen[^1]);
    }

    [Fact]
    public async Task The_stamp_of_a_trial_changes_with_its_record_and_its_epochs_alone()
    {
        using var changes = SqliteChanges.Open(Path);
        await _studies.TryAddTrialAsync(Records.Trial(0));
        await _studies.TryAddTrialAsync(Records.Trial(1));
        await _studies.TryAddTrialAsync(Records.Trial(0, executionId: "other"));
        var seen = new List<TrialStamp> { changes.ReadTrials(Records.Arn)[0] };
        var other = changes.ReadTrials(Records.Arn)[1];

        await _studies.TryReplaceTrialAsync(Records.Trial(0, 1));
        seen.Add(changes.ReadTrials(Records.Arn)[0]);
        await _studies.TryAddEpochAsync(Records.Epoch(0, 1));
        seen.Add(changes.ReadTrials(Records.Arn)[0]);

        seen.ShouldBeUnique();
        seen[^1].Epochs.ShouldBe(1);
        changes.ReadTrials(Records.Arn).Keys.Order().ShouldBe([0, 1]);
        changes.ReadTrials(Records.Arn)[1].ShouldBe(other);
    }

    [Fact]
    public async Task The_stamp_of_the_registry_changes_with_a_status()
    {
        using var changes = SqliteChanges.Open(Path);
        var models = new SqliteModelRegistry(_database);
        changes.ReadModels().ShouldBe("");
        await models.TryAddAsync(Records.Model());
        var trained = changes.ReadModels();

        await models.SetStatusAsync(Records.Model().ModelId, "PRODUCTION");

        changes.ReadModels().ShouldNotBe(trained);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Should.Throw<StoreException>(() => SqliteChanges.Open(_directory.Combine("none.db"))).Message.ShouldContain("none.db");
}
