using CsCheck;
using MacroCausal.Search.Samplers;
using MacroCausal.Search.Spaces;
using static MacroCausal.Search.Tests.Simulation.Spaces;

namespace MacroCausal.Search.Tests.Samplers;

/// <summary>What every sampler must hold to.</summary>
public abstract class SamplerCompliance(ISampler sampler)
{
    private static readonly SearchSpace Mixed = SearchSpace.Create(
    [
        .. Model.Dimensions, new IntegerRange("units", 1, 40), new Uniform("fixed", 0.5, 0.5), new LogUniform("fixedLog", 1e-3, 1e-3),
        new IntegerRange("one", 7, 7), Choice("only", "[\"x\"]"),
    ]);

    [Fact]
    public void Proposals_lie_within_the_space_however_long_the_history() =>
        Gen.Select(Gen.Int[0, 60], Gen.ULong).Sample((trials, seed) =>
        {
            var proposal = sampler.Sample(Past(Mixed, trials, seed), seed);
            Mixed.Locate(proposal.ToValues()).ShouldBe(proposal);
            (proposal.Number("fixed"), proposal.Number("fixedLog"), proposal.Number("one"), proposal.Choice("only").GetString())
                .ShouldBe((0.5, 1e-3, 7.0, "x"));
        });

    [Fact]
    public void A_proposal_is_a_function_of_history_and_seed() =>
        Gen.Select(Gen.Int[0, 60], Gen.ULong).Sample((trials, seed) =>
        {
            var history = Past(Mixed, trials, seed);
            var proposal = sampler.Sample(history, seed);
            sampler.Sample(history, seed).ShouldBe(proposal);
            sampler.Sample(Past(Mixed, trials, seed, backwards: true), seed).ShouldBe(proposal);
            sampler.Sample(history, seed + 1).ShouldNotBe(proposal);
        });

    [Fact]
    public void What_a_trial_has_is_not_proposed_again_until_nothing_else_is_left()
    {
        var space = SearchSpace.Create(Choice("a", "[1, 2, 3]"), Choice("b", "[1, 2, 3]"), new IntegerRange("c", 0, 1));
        for (var study = 0UL; study < 20; study++)
        {
            var history = new History(space);
            for (var trial = 0; trial < 12; trial++)
            {
                Finish(history, trial, sampler.Sample(history, unchecked((ulong)TrialSeed.Of((long)study, trial))));
            }

            Distinct(history, 12).ShouldBe(12);
        }
    }

    [Fact]
    public void An_exhausted_space_still_gets_proposals()
    {
        var space = SearchSpace.Create(Choice("a", "[1, 2]"), new Uniform("fixed", 1, 1));
        var history = new History(space);
        for (var trial = 0; trial < 30; trial++) Finish(history, trial, sampler.Sample(history, (ulong)trial));
        Distinct(history, 30).ShouldBe(2);
    }

    [Fact]
    public void A_space_of_fixed_values_has_its_one_proposal()
    {
        var history = new History(SearchSpace.Create(new Uniform("fixed", 1, 1)));
        for (var trial = 0; trial < 15; trial++) Finish(history, trial, sampler.Sample(history, (ulong)trial));
        sampler.Sample(history, 1).Number("fixed").ShouldBe(1);
    }

    private static int Distinct(History history, int trials) =>
        Enumerable.Range(0, trials)
            .Select(trial => string.Join(',', history.Space.Dimensions.Select((_, index) => history.Column(index)[trial])))
            .Distinct().Count();

    private static void Finish(History history, int trial, Configuration configuration)
    {
        history.Add(trial, configuration);
        history.Observe(trial, History.Finished, SeededRandom(trial));
    }

    private static double SeededRandom(int trial) => new RandomStream((ulong)trial).NextDouble();

    private static History Past(SearchSpace space, int trials, ulong seed, bool backwards = false)
    {
        var history = new History(space);
        var numbers = Enumerable.Range(0, trials);
        foreach (var trial in backwards ? numbers.Reverse() : numbers)
        {
            history.Add(trial, RandomSampler.Draw(space, new RandomStream(seed + (ulong)trial + 1)));
            if (trial % 7 == 1) history.Fail(trial);
            else if (trial % 5 != 0) history.Observe(trial, trial % 3, SeededRandom(trial));
        }

        return history;
    }
}

public sealed class RandomSamplerTests() : SamplerCompliance(new RandomSampler());

public sealed class TpeSamplerTests() : SamplerCompliance(new TpeSampler(new TpeOptions()));

public sealed class UnivariateTpeSamplerTests() : SamplerCompliance(new TpeSampler(new TpeOptions { Multivariate = false }));
