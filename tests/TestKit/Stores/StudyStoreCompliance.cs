using MacroCausal.Contracts;
using MacroCausal.Storage;
using Shouldly;
using Xunit;

namespace MacroCausal.TestKit.Stores;

/// <summary>What every <see cref="IStudyStore"/> must do. Derive from it and say how to open an empty store.</summary>
public abstract class StudyStoreCompliance : IAsyncLifetime
{
    protected IStudyStore Store { get; private set; } = null!;

    protected abstract Task<IStudyStore> OpenAsync();

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_study_is_read_as_it_was_added()
    {
        (await Store.TryAddStudyAsync(Records.Study())).ShouldBeTrue();

        (await Store.FindStudyAsync(Records.Arn)).ShouldBe(Records.Study());
    }

    [Fact]
    public async Task A_study_that_is_not_there_is_not_found()
    {
        (await Store.FindStudyAsync("nobody")).ShouldBeNull();
        (await Store.ListStudiesAsync().ToListAsync()).ShouldBeEmpty();
        (await Store.ListTrialsAsync("nobody").ToListAsync()).ShouldBeEmpty();
        (await Store.ListEpochsAsync("nobody").ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_that_is_there_is_not_added_again()
    {
        await Store.TryAddStudyAsync(Records.Study());

        (await Store.TryAddStudyAsync(Records.Study() with { State = "Other", Version = 5 })).ShouldBeFalse();
        (await Store.FindStudyAsync(Records.Arn)).ShouldBe(Records.Study());
    }

    [Fact]
    public async Task A_study_is_replaced_by_its_next_version_only()
    {
        await Store.TryAddStudyAsync(Records.Study());

        (await Store.TryReplaceStudyAsync(Records.Study(version: 2))).ShouldBeFalse();
        (await Store.TryReplaceStudyAsync(Records.Study(version: 0))).ShouldBeFalse();
        (await Store.TryReplaceStudyAsync(Records.Study(version: 1))).ShouldBeTrue();
        (await Store.TryReplaceStudyAsync(Records.Study(version: 1))).ShouldBeFalse();
        (await Store.FindStudyAsync(Records.Arn)).ShouldBe(Records.Study(version: 1));
    }

    [Fact]
    public async Task A_study_that_is_not_there_is_not_replaced()
    {
        (await Store.TryReplaceStudyAsync(Records.Study(version: 1))).ShouldBeFalse();
        (await Store.FindStudyAsync(Records.Arn)).ShouldBeNull();
    }

    [Fact]
    public async Task Studies_are_listed_latest_start_first_whatever_their_offset()
    {
        await Store.TryAddStudyAsync(Records.Study("early", startedAt: Records.Start));
        await Store.TryAddStudyAsync(Records.Study("late", startedAt: Records.Start.AddTicks(1).ToOffset(TimeSpan.FromHours(-11))));
        await Store.TryAddStudyAsync(Records.Study("middle", startedAt: Records.Start.AddSeconds(-1).ToOffset(TimeSpan.FromHours(11))));

        (await Store.ListStudiesAsync().Select(study => study.ExecutionId).ToListAsync()).ShouldBe(["late", "early", "middle"]);
    }

    [Fact]
    public async Task Execution_ids_are_told_apart_exactly()
    {
        string[] ids = ["id", "ID", "id ", "ïd", "i%", "i_", "'; DROP TABLE studies; --", "日本🎲",
            new string('x', 512), new string('x', 511)];
        foreach (var id in ids)
        {
            (await Store.TryAddStudyAsync(Records.Study(id))).ShouldBeTrue();
            (await Store.TryAddTrialAsync(Records.Trial(0, executionId: id))).ShouldBeTrue();
        }

        foreach (var id in ids)
        {
            (await Store.FindStudyAsync(id)).ShouldBe(Records.Study(id));
            (await Store.ListTrialsAsync(id).Select(trial => trial.ExecutionId).ToListAsync()).ShouldBe([id]);
        }
    }

    [Fact]
    public async Task A_trial_is_read_as_it_was_written()
    {
        var first = Records.Trial(3);
        var next = Records.Trial(3, version: 1) with
        {
            Status = TrialStatus.Failed,
            Milestones = [new(10, 0.1 + 0.2), new(20, null)],
            Failure = "It's over: 'NaN' ✗",
        };
        (await Store.TryAddTrialAsync(first)).ShouldBeTrue();
        (await OnlyTrialAsync()).ShouldHold(first);

        (await Store.TryReplaceTrialAsync(next)).ShouldBeTrue();
        (await OnlyTrialAsync()).ShouldHold(next);
        (await Store.FindTrialAsync(Records.Arn, 3)).ShouldHold(next);
        (await Store.FindTrialAsync(Records.Arn, 4)).ShouldBeNull();
        (await Store.FindTrialAsync("nobody", 3)).ShouldBeNull();
    }

    [Fact]
    public async Task Every_status_survives()
    {
        foreach (var status in Enum.GetValues<TrialStatus>())
        {
            await Store.TryAddTrialAsync(Records.Trial((int)status) with { Status = status });
        }

        (await Store.ListTrialsAsync(Records.Arn).Select(trial => trial.Status).ToListAsync()).ShouldBe(Enum.GetValues<TrialStatus>());
    }

    [Fact]
    public async Task A_trial_is_added_once_and_replaced_by_its_next_version_only()
    {
        (await Store.TryReplaceTrialAsync(Records.Trial(0, version: 1))).ShouldBeFalse();
        (await Store.TryAddTrialAsync(Records.Trial(0))).ShouldBeTrue();
        (await Store.TryAddTrialAsync(Records.Trial(0) with { Attempt = 9 })).ShouldBeFalse();
        (await Store.TryReplaceTrialAsync(Records.Trial(0, version: 2))).ShouldBeFalse();
        (await OnlyTrialAsync()).ShouldHold(Records.Trial(0));
    }

    [Fact]
    public async Task Of_many_who_add_at_once_exactly_one_wins()
    {
        for (var round = 0; round < 20; round++)
        {
            var trial = round;
            (await Race.RunAsync(32, adder => Store.TryAddTrialAsync(Records.Trial(trial) with { Attempt = adder }))).Count(won => won)
                .ShouldBe(1);
            var epochs = await Race.RunAsync(32, adder => Store.TryAddEpochAsync(Records.Epoch(trial, 1) with { Runner = $"{adder}" }));
            epochs.Count(won => won).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Of_many_who_replace_at_once_exactly_one_wins_every_version()
    {
        await Store.TryAddStudyAsync(Records.Study());
        await Store.TryAddTrialAsync(Records.Trial(0));
        for (var version = 1; version <= 10; version++)
        {
            var next = version;
            (await Race.RunAsync(32, _ => Store.TryReplaceStudyAsync(Records.Study(version: next)))).Count(won => won).ShouldBe(1);
            (await Race.RunAsync(32, _ => Store.TryReplaceTrialAsync(Records.Trial(0, version: next)))).Count(won => won).ShouldBe(1);
        }

        (await Store.FindStudyAsync(Records.Arn))!.Version.ShouldBe(10);
        (await OnlyTrialAsync()).Version.ShouldBe(10);
    }

    [Fact]
    public async Task Trials_are_listed_by_number_of_their_study_only()
    {
        foreach (var trial in new[] { 10, 2, 100_000, 0, 99 })
        {
            await Store.TryAddTrialAsync(Records.Trial(trial));
        }

        await Store.TryAddTrialAsync(Records.Trial(1, executionId: Records.Arn + "0"));

        (await Store.ListTrialsAsync(Records.Arn).Select(trial => trial.Trial).ToListAsync()).ShouldBe([0, 2, 10, 99, 100_000]);
    }

    [Fact]
    public async Task The_last_heartbeat_of_a_trial_is_found_and_is_no_trial_and_no_epoch()
    {
        (await Store.FindHeartbeatAsync(Records.Arn, 3)).ShouldBeNull();
        await Store.PutHeartbeatAsync(new HeartbeatRecord(Records.Arn, 3, Records.Start));
        var last = new HeartbeatRecord(Records.Arn, 3, Records.Start.AddTicks(1));
        await Store.PutHeartbeatAsync(last);
        await Store.PutHeartbeatAsync(new HeartbeatRecord(Records.Arn, 4, Records.Start));

        (await Store.FindHeartbeatAsync(Records.Arn, 3)).ShouldBe(last);
        (await Store.ListTrialsAsync(Records.Arn).ToListAsync()).ShouldBeEmpty();
        (await Store.ListEpochsAsync(Records.Arn).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_is_removed_with_all_of_its_records_and_no_other_study()
    {
        const string Other = Records.Arn + "0";
        foreach (var id in new[] { Records.Arn, Other })
        {
            await Store.TryAddStudyAsync(Records.Study(id));
            foreach (var trial in Enumerable.Range(0, 40))
            {
                await Store.TryAddTrialAsync(Records.Trial(trial, executionId: id));
                await Store.TryAddEpochAsync(Records.Epoch(trial, 1, id));
            }

            await Store.PutHeartbeatAsync(new HeartbeatRecord(id, 3, Records.Start));
        }

        (await Store.TryRemoveStudyAsync(Records.Study(version: 1))).ShouldBeFalse();
        (await Store.ListTrialsAsync(Records.Arn).CountAsync()).ShouldBe(40);
        (await Store.TryRemoveStudyAsync(Records.Study())).ShouldBeTrue();
        (await Store.TryRemoveStudyAsync(Records.Study())).ShouldBeFalse();

        (await Store.FindStudyAsync(Records.Arn)).ShouldBeNull();
        (await Store.ListStudiesAsync().Select(study => study.ExecutionId).ToListAsync()).ShouldBe([Other]);
        (await Store.ListTrialsAsync(Records.Arn).ToListAsync()).ShouldBeEmpty();
        (await Store.ListEpochsAsync(Records.Arn).ToListAsync()).ShouldBeEmpty();
        (await Store.FindHeartbeatAsync(Records.Arn, 3)).ShouldBeNull();
        (await Store.ListTrialsAsync(Other).CountAsync()).ShouldBe(40);
        (await Store.ListEpochsAsync(Other).CountAsync()).ShouldBe(40);
        (await Store.ListEpochsAsync(Other, Records.Epoch(0, 1).Trial).ToListAsync()).ShouldBe(
            await Store.ListEpochsAsync(Other).Where(epoch => epoch.Trial == 0).ToListAsync());
    }

    [Fact]
    public async Task Looks_are_taken_once_when_they_are_due_and_are_no_studies()
    {
        var (first, second) = (new LookRecord("a", Records.Start), new LookRecord("b", Records.Start.AddTicks(1)));
        (await Store.TryAddLookAsync(second)).ShouldBeTrue();
        (await Store.TryAddLookAsync(first)).ShouldBeTrue();
        (await Store.TryAddLookAsync(first with { DueAt = Records.Start.AddDays(1) })).ShouldBeFalse();
        (await DueAsync(Records.Start.AddTicks(-1))).ShouldBeEmpty();
        (await DueAsync(Records.Start.AddTicks(1))).ShouldBe([first, second]);

        var next = first with { DueAt = Records.Start.AddSeconds(15) };
        (await Race.RunAsync(16, _ => Store.TryReplaceLookAsync(next, first.DueAt))).Count(won => won).ShouldBe(1);

        (await DueAsync(Records.Start.AddSeconds(1))).ShouldBe([second]);
        (await Store.ListStudiesAsync().ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_look_that_was_removed_is_not_replaced_and_can_be_added_again()
    {
        var look = new LookRecord(Records.Arn, Records.Start);
        await Store.TryAddLookAsync(look);
        await Store.RemoveLookAsync(Records.Arn);
        await Store.RemoveLookAsync(Records.Arn);

        (await DueAsync(Records.Start)).ShouldBeEmpty();
        (await Store.TryReplaceLookAsync(look, Records.Start)).ShouldBeFalse();
        (await Store.TryAddLookAsync(look)).ShouldBeTrue();
        (await DueAsync(Records.Start)).ShouldBe([look]);
    }

    [Fact]
    public async Task An_epoch_reported_twice_stays_as_the_first_report()
    {
        var epoch = Records.Epoch(0, 1) with { Metrics = MetricValues.None };
        (await Store.TryAddEpochAsync(epoch)).ShouldBeTrue();
        (await Store.TryAddEpochAsync(Records.Epoch(0, 1))).ShouldBeFalse();

        (await Store.ListEpochsAsync(Records.Arn).ToListAsync()).ShouldBe([epoch]);
    }

    [Fact]
    public async Task A_metric_that_this_version_does_not_know_is_kept_beside_the_losses()
    {
        var first = Records.Epoch(0, 1);
        var epoch = first with { Metrics = first.Metrics.With("ünknownMetric", 0.1 + 0.2).With("epoch", 1e200) };
        var without = Records.Epoch(0, 2) with { Metrics = new(("ünknownMetric", -4.9e-300)) };
        await Store.TryAddEpochAsync(epoch);
        await Store.TryAddEpochAsync(without);

        (await Store.ListEpochsAsync(Records.Arn).ToListAsync()).ShouldBe([epoch, without]);
    }

    [Fact]
    public async Task Thousands_of_epochs_are_listed_by_trial_then_epoch()
    {
        var all = from trial in Enumerable.Range(0, 30) from epoch in Enumerable.Range(1, 100) select Records.Epoch(trial, epoch);
        var epochs = all.ToArray();
        var shuffled = (EpochRecord[])epochs.Clone();
        new Random(7).Shuffle(shuffled);
        foreach (var chunk in shuffled.Chunk(50))
        {
            (await Task.WhenAll(chunk.Select(epoch => Store.TryAddEpochAsync(epoch)))).ShouldAllBe(added => added);
        }

        (await Store.ListEpochsAsync(Records.Arn).ToListAsync()).ShouldBe(epochs);
    }

    [Fact]
    public async Task Records_can_be_written_while_a_listing_is_read()
    {
        for (var trial = 0; trial < 50; trial++)
        {
            await Store.TryAddTrialAsync(Records.Trial(trial));
        }

        await foreach (var trial in Store.ListTrialsAsync(Records.Arn))
        {
            (await Store.TryReplaceTrialAsync(Records.Trial(trial.Trial, version: 1))).ShouldBeTrue();
        }

        (await Store.ListTrialsAsync(Records.Arn).ToListAsync()).ShouldAllBe(trial => trial.Version == 1);
    }

    private async Task<List<LookRecord>> DueAsync(DateTimeOffset now) => await Store.ListDueLooksAsync(now).ToListAsync();

    private async Task<TrialRecord> OnlyTrialAsync() => await Store.ListTrialsAsync(Records.Arn).SingleAsync();
}
