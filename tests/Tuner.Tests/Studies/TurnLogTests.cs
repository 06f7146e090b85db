using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class TurnLogTests
{
    private readonly List<Guid> _stamps = [.. Enumerable.Range(0, 100).Select(_ => Guid.NewGuid())];

    [Fact]
    public void A_log_tells_what_was_changed_since_a_turn()
    {
        var log = Log((0, [3]), (1, [4, 5, 4]), (2, [3, 12]));

        TurnLog.ChangedSince(log, _stamps[0])!.ShouldBe([3, 4, 5, 12]);
        TurnLog.ChangedSince(log, _stamps[1])!.ShouldBe([3, 12]);
        TurnLog.ChangedSince(log, _stamps[2])!.ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_turn_that_is_not_in_the_log_nothing_is_known()
    {
        TurnLog.ChangedSince(Log((0, [3])), _stamps[1]).ShouldBeNull();
        TurnLog.ChangedSince([], Guid.Empty).ShouldBeNull();
    }

    [Fact]
    public void The_log_keeps_48_turns_and_256_trials_and_stays_small()
    {
        var turns = Log([.. Enumerable.Range(0, 60).Select(turn => (turn, new[] { 9_000 + turn, 8_000 + turn }))]);
        var wide = Log((0, [1]), (1, [.. Enumerable.Range(0, 200)]), (2, [.. Enumerable.Range(0, 57)]));

        TurnLog.ChangedSince(turns, _stamps[11]).ShouldBeNull();
        TurnLog.ChangedSince(turns, _stamps[12])!.Count.ShouldBe(94);
        turns.Sum(turn => turn.Length).ShouldBeLessThan(1_200);
        TurnLog.ChangedSince(wide, _stamps[1]).ShouldBeNull();
        TurnLog.ChangedSince(wide, _stamps[2])!.ShouldBeEmpty();
    }

    [Fact]
    public void A_turn_that_changes_too_much_leaves_nothing_so_that_all_is_read()
    {
        Log((0, [1]), (1, [.. Enumerable.Range(0, 300)])).ShouldBeEmpty();
    }

    [Fact]
    public void A_study_writes_its_changes_as_one_turn_and_a_reader_of_it_knows_them()
    {
        var settings = new StudySettings { ExecutionId = "s", GoldBucket = "g", ArtifactsBucket = "a", ModelRegistryTable = "m" };
        var study = new StudyInstance { Settings = settings };
        study.RecordChange(1, DateTimeOffset.UnixEpoch);
        var before = study.ConcurrencyStamp;
        var next = StudyDocument.Read(StudyDocument.Write(study));
        next.Unsent = [7, 8];
        next.RecordChange(7, DateTimeOffset.UnixEpoch.AddSeconds(2));
        next.RecordChange(9, DateTimeOffset.UnixEpoch.AddSeconds(1));

        var read = StudyDocument.Read(StudyDocument.Write(next));

        read.ConcurrencyStamp.ShouldNotBe(before);
        TurnLog.ChangedSince(read.Turns, before)!.ShouldBe([7, 9]);
        read.SentUpTo.ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(2));
        read.Unsent.ShouldBe([8]);
    }

    private IReadOnlyList<string> Log(params (int Turn, int[] Trials)[] turns) =>
        turns.Aggregate((IReadOnlyList<string>)[], (log, turn) => TurnLog.Add(log, _stamps[turn.Turn], turn.Trials));
}
