using MacroCausal.Dashboard.Studies;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Dashboard.Tests.Studies;

public sealed class KnownRecordsTests : IDisposable
{
    private const int Trials = 6;
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteChanges _changes;
    private readonly WatchedStore _studies;
    private readonly KnownRecords _known;

    public KnownRecordsTests()
    {
        _database = SqliteDatabase.Open(_directory.Combine("macrocausal.db"));
        _changes = SqliteChanges.Open(_directory.Combine("macrocausal.db"));
        _studies = new WatchedStore(new SqliteStudyStore(_database));
        _known = new KnownRecords(_studies, _changes.ReadTrials);
    }

    public void Dispose()
    {
        _changes.Dispose();
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_has_not_changed_is_not_read_again()
    {
        await AddTrialsAsync(Trials);
        await AssertAsItIsAsync();
        _studies.Read.Clear();

        await AssertAsItIsAsync();
        _studies.Read.ShouldBeEmpty();

        await _studies.TryAddEpochAsync(Records.Epoch(3, 3));
        await _studies.TryReplaceTrialAsync(Records.Trial(1) with { Version = 1, BestEpoch = 7 });
        await AssertAsItIsAsync();
        _studies.Read.Order().ShouldBe([1, 3]);
    }

    [Fact]
    public async Task Another_study_of_the_same_id_is_read_anew()
    {
        await AddTrialsAsync(Trials);
        await AssertAsItIsAsync();
        _studies.Read.Clear();

        await _known.ReadAsync(Records.Study() with { StartedAt = Records.Start.AddDays(1) }, default);
        _studies.Read.Count.ShouldBe(Trials);
    }

    [Fact]
    public async Task Many_changes_are_read_at_once()
    {
        await AddTrialsAsync(600);
        await AssertAsItIsAsync();
        _studies.Read.ShouldBeEmpty();
    }

    [Fact]
    public async Task Trials_that_are_gone_are_forgotten_and_of_a_study_that_is_over_nothing_is_kept()
    {
        await AddTrialsAsync(Trials);
        await AssertAsItIsAsync();
        var over = Records.Study() with { State = "Failed" };
        await _studies.TryAddStudyAsync(over);
        (await _studies.TryRemoveStudyAsync(over)).ShouldBeTrue();
        await AddTrialsAsync(2);
        await AssertAsItIsAsync();

        _studies.Read.Clear();
        await _known.ReadAsync(over, default);
        _studies.Read.ShouldBeEmpty("they were known");
        await AssertAsItIsAsync();
        _studies.Read.ShouldBe([0, 1]);
    }

    private async Task AddTrialsAsync(int count)
    {
        for (var trial = 0; trial < count; trial++)
        {
            await _studies.TryAddTrialAsync(Records.Trial(trial) with { Version = 0 });
            await _studies.TryAddEpochAsync(Records.Epoch(trial, 1));
            await _studies.TryAddEpochAsync(Records.Epoch(trial, 2));
        }
    }

    private async Task AssertAsItIsAsync()
    {
        var (trials, epochs) = await _known.ReadAsync(Records.Study(), default);

        trials.Select(trial => (trial.Trial, trial.Version, trial.BestEpoch)).ShouldBe(
            await _studies.ListTrialsAsync(Records.Arn).Select(trial => (trial.Trial, trial.Version, trial.BestEpoch)).ToListAsync());
        epochs.ShouldBe(await _studies.ListEpochsAsync(Records.Arn).ToListAsync());
    }

    // Keeps the numbers of trials that are asked for one by one.
    private sealed class WatchedStore(IStudyStore store) : DelegatingStudyStore(store)
    {
        public List<int> Read { get; } = [];

        public override Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default)
        {
            Read.Add(trial);
            return base.FindTrialAsync(executionId, trial, cancellationToken);
        }
    }
}
