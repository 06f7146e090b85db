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
        FairShares.Of(20, new Dictionary<string, int> { ["one"] = 100 }).ShouldBe(new Dictionary<string, int> { ["one"] = 20 });
        FairShares.Of(20, new Dictionary<string, int> { ["one"] = 4 }).ShouldBe(new Dictionary<string, int> { ["one"] = 4 });
    }

    [Fact]
    public void What_a_small_study_leaves_goes_to_the_large_one() =>
        FairShares.Of(20, new Dictionary<string, int> { ["large"] = 1000, ["small"] = 4 })
            .ShouldBe(new Dictionary<string, int> { ["large"] = 16, ["small"] = 4 }, ignoreOrder: true);

    [Fact]
    public void A_study_with_folds_has_no_more_than_one_without() => FairShares.Of(
        20, new Dictionary<string, int> { ["a"] = 50, ["a/walk-forward/1"] = 50, ["a/walk-forward/2"] = 50, ["b"] = 50 })
        .ShouldBe(
            new Dictionary<string, int> { ["a"] = 3, ["a/walk-forward/1"] = 3, ["a/walk-forward/2"] = 4, ["b"] = 10 }, ignoreOrder: true);

    [Fact]
    public void Nobody_is_left_with_nothing_and_nobody_gets_more_than_it_wants() => Gen.Select(Gen.Int[1, 500], WithFolds)
        .Sample((quota, wanted) =>
        {
            var shares = FairShares.Of(quota, wanted);
            shares.Keys.ShouldBe(wanted.Keys, ignoreOrder: true);
            shares.ShouldAllBe(share => share.Value >= 1 && share.Value <= wanted[share.Key]);
        });

    [Fact]
    public void The_quota_is_used_up_and_kept() => Gen.Select(Gen.Int[1, 500], Wanted)
        .Sample((quota, wanted) => FairShares.Of(quota, wanted).Values.Sum()
            .ShouldBe(Math.Min(wanted.Values.Sum(), Math.Max(quota, wanted.Count))));

    [Fact]
    public void Who_wants_more_than_its_share_has_as_much_as_any_other_but_for_one() => Gen.Select(Gen.Int[1, 500], Wanted)
        .Sample((quota, wanted) =>
        {
            var shares = FairShares.Of(quota, wanted);
            var most = shares.Values.Max();
            shares.Where(share => share.Value < wanted[share.Key]).ShouldAllBe(share => share.Value >= most - 1);
        });

    [Fact]
    public void The_order_in_which_studies_are_known_does_not_matter() => Gen.Select(Gen.Int[1, 500], WithFolds)
        .Sample((quota, wanted) => FairShares.Of(quota, wanted.Reverse().ToDictionary())
            .ShouldBe(FairShares.Of(quota, wanted), ignoreOrder: true));
}
