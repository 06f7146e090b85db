using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// Tree-structured Parzen estimator (Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011; multivariate as in Falkner et al., "BOHB", ICML 2018), after
/// Optuna's defaults. Symbols: gamma is <see cref="TpeOptions.Gamma"/>, l the density of the good trials, g that of the others, n the observed trials; the largest log l - log g is
/// the largest expected improvement. The cost of a proposal is bounded by <see cref="TpeOptions.MostAbove"/>.
/// </summary>
public sealed class TpeSampler : ISampler
{
    private const int Attempts = 5;

    private readonly TpeOptions _options;

    /// <summary>A sampler with these options; throws <see cref="ArgumentException"/> where one is out of range.</summary>
    public TpeSampler(TpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
    }

    /// <inheritdoc/>
    public Configuration Sample(History history, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(history);
        var random = new RandomStream(seed);
        var models = history.Observed < _options.Startup ? [] : Models(history);
        // Where the estimator only repeats itself, as among a few choices, chance finds what is left.
        return (models.Count > 0 ? DuplicateAvoidance.FirstNew(history, Attempts, Propose) : null)
            ?? DuplicateAvoidance.FirstNew(history, RandomSampler.Attempts, () => RandomSampler.Draw(history.Space, random))
            ?? (models.Count > 0 ? Propose() : RandomSampler.Draw(history.Space, random));

        Configuration Propose() => Draw(history.Space, models, random);
    }

    private Configuration Draw(SearchSpace space, List<TpeModel> models, RandomStream random)
    {
        var values = new double[space.Dimensions.Count];
        for (var index = 0; index < values.Length; index++)
        {
            if (space.Dimensions[index].IsFixed) values[index] = space.Dimensions[index].Draw(random);
        }

        foreach (var model in models) model.Propose(_options.Candidates, space, random, values);
        return new Configuration(space, values);
    }

    private List<TpeModel> Models(History history)
    {
        var split = GoodBadSplit.Of(history, _options);
        int[] free = [.. Enumerable.Range(0, history.Space.Dimensions.Count).Where(index => !history.Space.Dimensions[index].IsFixed)];
        if (free.Length == 0) return [];
        return _options.Multivariate
            ? [new TpeModel(history, split, free, multivariate: true)]
            : [.. free.Select(index => new TpeModel(history, split, [index], multivariate: false))];
    }
}
