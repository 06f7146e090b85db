using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class ExclusiveMoveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Of_two_who_move_at_the_same_moment_one_wins()
    {
        const int Rounds = 4_000;
        var wins = new int[Rounds];
        using var together = new Barrier(2);
        void Racer(int number)
        {
            for (var round = 0; round < Rounds; round++)
            {
                var from = _directory.Combine($"{number}");
                File.WriteAllBytes(from, []);
                together.SignalAndWait();
                Interlocked.Add(ref wins[round], ExclusiveMove.TryMove(from, _directory.Combine($"to-{round}")) ? 1 : 0);
            }
        }

        Parallel.Invoke(() => Racer(0), () => Racer(1));

        wins.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void What_lost_stays_and_what_won_is_moved()
    {
        File.WriteAllText(_directory.Combine("first"), "first");
        File.WriteAllText(_directory.Combine("second"), "second");

        ExclusiveMove.TryMove(_directory.Combine("first"), _directory.Combine("to")).ShouldBeTrue();
        ExclusiveMove.TryMove(_directory.Combine("second"), _directory.Combine("to")).ShouldBeFalse();

        File.ReadAllText(_directory.Combine("to")).ShouldBe("first");
        File.Exists(_directory.Combine("first")).ShouldBeFalse();
        File.Exists(_directory.Combine("second")).ShouldBeTrue();
    }
}
