using CsCheck;
using MacroCausal.Tuner.Sharing;

namespace MacroCausal.Tuner.Tests.Sharing;

public sealed class FairSharesTests
{
    private static readonly Gen<Dictionary<string, int>> Wanted =
        Gen.Dictionary(Gen.Int[0, 50].Select(number => $"study-{number}"), Gen.Int[1, 10_000])[1, 12];

    // Studies of which some have folds.
    private static readonly Gen<Dictionary<string, int>> WithFolds = Gen.Dictionary(
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 4]).Select((study, fold) =>
            fold == 0 ? $"study-{study}" : new WalkForwardFold($"study-{study}", fold, 4).ToExecutionId()),
        Gen.Int[1, 100])[1, 20];

    [Fact]
    public void A_study_alone_has_the_quota_or_what_it_wants()
    {
        Of(20, new Dictionary<string, int> { ["one"] = 100 }).ShouldBe(new Dictionary<string, int> { ["one"] = 20 });
        Of(20, new Dictionary<string, int> { ["one"] = 4 }).ShouldBe(new Dictionary<string, int> { ["one"] = 4 });
    }

    [Fact]
    public void What_a_small_study_leaves_goes_to_the_large_one() =>
        Of(20, new Dictionary<string, int> { ["large"] = 1000, ["small"] = 4 })
            .ShouldBe(new Dictionary<string, int> { ["large"] = 16, ["small"] = 4 }, ignoreOrder: true);

    [Fact]
    public void A_study_with_folds_has_no_more_than_one_without() => Of(
        20, new Dictionary<string, int> { ["a"] = 50, ["a/walk-forward/1"] = 50, ["a/walk-forward/2"] = 50, ["b"] = 50 })
        .ShouldBe(
            new Dictionary<string, int> { ["a"] = 3, ["a/walk-forward/1"] = 3, ["a/walk-forward/2"] = 4, ["b"] = 10 }, ignoreOrder: true);

    [Fact]
    public void Nobody_is_left_with_nothing_and_nobody_gets_more_than_it_wants() => Gen.Select(Gen.Int[1, 500], WithFolds)
        .Sample((quota, wanted) =>
        {
            var shares = Of(quota, wanted);
            shares.Keys.ShouldBe(wanted.Keys, ignoreOrder: true);
            shares.ShouldAllBe(share => share.Value >= 1 && share.Value <= wanted[share.Key]);
        });

    [Fact]
    public void The_quota_is_used_up_and_kept() => Gen.Select(Gen.Int[1, 500], Wanted)
        .Sample((quota, wanted) => Of(quota, wanted).Values.Sum()
            .ShouldBe(Math.Min(wanted.Values.Sum(), Math.Max(quota, wanted.Count))));

    [Fact]
    public void Who_wants_more_than_its_share_has_as_much_as_any_other_but_for_one() => Gen.Select(Gen.Int[1, 500], Wanted)
        .Sample((quota, wanted) =>
        {
            var shares = Of(quota, wanted);
            var most = shares.Values.Max();
            shares.Where(share => share.Value < wanted[share.Key]).ShouldAllBe(share => share.Value >= most - 1);
        });

    [Fact]
    public void The_order_in_which_studies_are_known_does_not_matter() => Gen.Select(Gen.Int[1, 500], WithFolds)
        .Sample((quota, wanted) => Of(quota, wanted.Reverse().ToDictionary())
            .ShouldBe(Of(quota, wanted), ignoreOrder: true));

    [Fact]
    public void Each_step_of_priority_doubles_a_share_and_every_study_keeps_one() => FairShares.Of(
        20,
        new Dictionary<string, SegmentDemand>
        {
            ["low"] = new(100, -10),
            ["usual"] = new(100),
            ["usual/walk-forward/1"] = new(100),
            ["high"] = new(100, 2),
        })
        .ShouldBe(
            new Dictionary<string, int> { ["low"] = 1, ["usual"] = 2, ["usual/walk-forward/1"] = 2, ["high"] = 15 }, ignoreOrder: true);

    [Fact]
    public void With_priorities_the_quota_is_used_up_and_kept_and_a_higher_one_never_has_less_of_what_it_wants() =>
        Gen.Select(Gen.Int[1, 500], Gen.Dictionary(
            Gen.Int[0, 50].Select(number => $"study-{number}"),
            Gen.Select(Gen.Int[1, 1000], Gen.Int[-10, 10]).Select((segments, priority) => new SegmentDemand(segments, priority)))[1, 12])
        .Sample((quota, wanted) =>
        {
            var shares = FairShares.Of(quota, wanted);
            shares.ShouldAllBe(share => share.Value >= 1 && share.Value <= wanted[share.Key].Segments);
            shares.Values.Sum().ShouldBe(Math.Min(wanted.Values.Sum(demand => demand.Segments), Math.Max(quota, wanted.Count)));
            foreach (var (higher, lower) in shares.Keys.SelectMany(one => shares.Keys.Select(other => (one, other)))
                .Where(pair => wanted[pair.one].Priority > wanted[pair.other].Priority && shares[pair.one] < wanted[pair.one].Segments))
            {
                shares[higher].ShouldBeGreaterThanOrEqualTo(shares[lower] - 1);
            }
        });

    [Fact]
    public void A_quota_that_leaves_little_beside_one_for_everybody_goes_to_the_highest_priority()
    {
        var wanted = Enumerable.Range(0, 10).ToDictionary(study => $"low-{study}", _ => new SegmentDemand(500, -5));
        wanted["high"] = new(80, 9);
        wanted["highest"] = new(582, 10);

        var shares = FairShares.Of(15, wanted);
        (shares["high"], shares["highest"]).ShouldBe((2, 3));
    }

    private static IReadOnlyDictionary<string, int> Of(int quota, IReadOnlyDictionary<string, int> wanted) =>
        FairShares.Of(quota, wanted.ToDictionary(study => study.Key, study => new SegmentDemand(study.Value)));
}
