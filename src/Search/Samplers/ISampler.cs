using MacroCausal.Search.Spaces;
using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Samplers;

/// <summary>Proposes the hyperparameters of the next trial.</summary>
public interface ISampler
{
    /// <summary>
    /// A configuration of the history's space: a pure function of the history and the seed, which changes neither. One that a trial has
    /// already is drawn again a few times, and accepted in the end where the space seems exhausted.
    /// </summary>
    Configuration Sample(History history, ulong seed);
}

/// <summary>The samplers that a study can name. A new one is a class and a row here.</summary>
public static class KnownSamplers
{
    /// <summary>Samplers by name.</summary>
    public static FactoryTable<ISampler> Table { get; } = new(
        "sampler",
        ("tpe", "tree-structured Parzen estimator, multivariate: hyperparameters are modelled together",
            _ => new TpeSampler(new TpeOptions())),
        ("tpe-univariate", "tree-structured Parzen estimator, every hyperparameter by itself",
            _ => new TpeSampler(new TpeOptions { Multivariate = false })),
        ("random", "random search", _ => new RandomSampler()));
}
