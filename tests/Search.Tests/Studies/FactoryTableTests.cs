using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Tests.Studies;

public sealed class FactoryTableTests
{
    private static readonly SearchOptions Options = new() { Space = Simulation.Spaces.Model };

    [Fact]
    public void Every_name_makes_what_it_says()
    {
        KnownSamplers.Table.Names.Select(name => KnownSamplers.Table.Create(name, Options).GetType())
            .ShouldBe([typeof(TpeSampler), typeof(TpeSampler), typeof(RandomSampler)]);
        KnownSchedulers.Table.Names.Select(name => KnownSchedulers.Table.Create(name, Options).GetType())
            .ShouldBe([typeof(AshaPromotion), typeof(AshaStopping), typeof(NoPruning)]);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        Should.Throw<ArgumentException>(() => new Study(Options with { Sampler = "grid" }))
            .Message.ShouldBe("There is no sampler 'grid'; use one of tpe, tpe-univariate, random.");
        Should.Throw<ArgumentException>(() => new Study(Options with { Scheduler = "hyperband" }))
            .Message.ShouldBe("There is no scheduler 'hyperband'; use one of asha, asha-stopping, none.");
    }
}
