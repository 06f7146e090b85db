using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Registry.Tests;

public sealed class EpochArrivalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteStudyStore _studies;

    public EpochArrivalTests()
    {
        _database = SqliteDatabase.Open(_directory.Combine("records.db"));
        _studies = new SqliteStudyStore(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_study_whose_epochs_are_all_on_record_is_not_kept_waiting()
    {
        await RecordAsync(epochs: [1, 2, 3]);

        Wait().IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task An_epoch_that_the_last_one_has_overtaken_is_waited_for()
    {
        await RecordAsync(epochs: [1, 3]);
        var waiting = Wait();
        waiting.IsCompleted.ShouldBeFalse();

        await _studies.TryAddEpochAsync(Records.Epoch(0, 2));

        await PassTimeUntilAsync(waiting);
    }

    [Fact]
    public async Task An_epoch_that_never_comes_is_given_up_after_47_seconds()
    {
        await RecordAsync(epochs: [1, 2]);
        var began = _time.GetUtcNow();

        await PassTimeUntilAsync(Wait());

        (_time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(47));
    }

    [Fact]
    public async Task An_epoch_of_a_segment_that_did_not_end_is_not_waited_for()
    {
        await RecordAsync(epochs: [1, 2, 3, 5]);

        Wait().IsCompletedSuccessfully.ShouldBeTrue();
    }

    private async Task PassTimeUntilAsync(Task waiting)
    {
        await _time.AdvanceUntilAsync(() => Task.FromResult(waiting.IsCompleted));
        await waiting;
    }

    private Task<TrialsOnRecord> Wait() =>
        new EpochArrival(_studies, _time, NullLogger<EpochArrival>.Instance).WaitAsync(Records.Arn, default);

    private async Task RecordAsync(int[] epochs)
    {
        await _studies.TryAddTrialAsync(Records.Trial(0) with { Status = TrialStatus.Paused, Epoch = 3 });
        foreach (var epoch in epochs)
        {
            await _studies.TryAddEpochAsync(Records.Epoch(0, epoch));
        }
    }
}
