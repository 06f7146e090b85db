using MacroCausal.Search.Samplers;
using MacroCausal.Shared;

namespace MacroCausal.Search.Tests.Samplers;

public sealed class RandomStreamTests
{
    [Fact]
    public void The_hash_is_SplitMix64()
    {
        // The first outputs of the reference generator (Vigna, splitmix64.c) seeded with 0.
        SplitMix64.Hash(0).ShouldBe(0xE220A8397B1DCDAFUL);
        SplitMix64.Hash(0x9E3779B97F4A7C15).ShouldBe(0x6E789E6AA1B965F4UL);
    }

    [Fact]
    public void Trials_have_seeds_of_their_own()
    {
        var seeds = Enumerable.Range(0, 1000)
            .SelectMany(trial => new[] { TrialSeed.Of(0, trial), TrialSeed.Of(1, trial), TrialSeed.Of(-1, trial) }).ToHashSet();
        seeds.Count.ShouldBe(3000);
        TrialSeed.Of(42, 7).ShouldBe(TrialSeed.Of(42, 7));
    }

    [Fact]
    public void Numbers_are_uniform_and_never_reach_the_ends()
    {
        var random = new RandomStream(1);
        var numbers = Enumerable.Range(0, 100_000).Select(_ => random.NextDouble()).ToList();
        numbers.ShouldAllBe(number => number > 0 && number < 1);
        numbers.Average().ShouldBe(0.5, 0.005);
        numbers.Average(number => number * number).ShouldBe(1.0 / 3, 0.005);
    }
}
