using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// Tree-structured Parzen estimator (Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011; multivariate as in
/// Falkner et al., "BOHB", ICML 2018). On the same history its multivariate densities are those of Optuna 3.5 and later, before Optuna 5
/// dropped Scott's rule. Symbols: gamma is <see cref="TpeOptions.Gamma"/>, l the density of the good trials, g that of the others, n the
/// observed trials; the largest log l - log g is the largest expected improvement. The cost of a proposal is bounded by <see
/// cref="TpeOptions.MaxAbove"/>.
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
        var models = history.Observed < _options.StartupTrials ? [] : Models(history);
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
            if (space.Dimensions[index].IsFixed)
            {
                values[index] = space.Dimensions[index].Draw(random);
            }
        }

        foreach (var model in models)
        {
            model.Propose(_options.EiCandidates, space, random, values);
        }

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

/// <summary>Options of <see cref="TpeSampler"/>. Numbers without a remark are the defaults of Optuna 3.5's TPESampler.</summary>
public sealed record TpeOptions
{
    /// <summary>Trials with a loss, or failed, before the first proposal that is not random. Default 10, 0 or more.</summary>
    public int StartupTrials { get; init; } = 10;

    /// <summary>Points drawn from l, of which the best is proposed. Default 24, 1 or more.</summary>
    public int EiCandidates { get; init; } = 24;

    /// <summary>Share of the observations that counts as good: gamma. Default 0.1, above 0 and below 1.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <summary>Maximum number of observations that count as good. Default 25, from 1 to <see cref="History.MaxBest"/>.</summary>
    public int MaxBelow { get; init; } = 25;

    /// <summary>
    /// Maximum number of observations that g is estimated from: those of the highest trial numbers, which weigh most, pending ones
    /// included. It bounds the cost of a proposal in a long study; Optuna has no such bound. Default 1,000, 1 or more.
    /// </summary>
    public int MaxAbove { get; init; } = 1000;

    /// <summary>Whether hyperparameters are modelled together. Default true; Optuna's default is false.</summary>
    public bool Multivariate { get; init; } = true;

    /// <summary>Size of l for n observations: min(ceil(gamma n), <see cref="MaxBelow"/>).</summary>
    internal int Below(int observed) => Math.Min((int)Math.Ceiling(Gamma * observed), MaxBelow);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(StartupTrials);
        ArgumentOutOfRangeException.ThrowIfLessThan(EiCandidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBelow, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBelow, History.MaxBest);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAbove, 1);
        if (!(Gamma > 0 && Gamma < 1)) throw new ArgumentException($"Gamma is {Gamma}; it is a share above 0 and below 1.");
    }
}

/// <summary>The densities l (good trials) and g (the others) over some dimensions of a space, and the choice between candidates.</summary>
internal sealed class TpeModel
{
    private readonly int[] _dimensions;
    private readonly ParzenEstimator _below;
    private readonly ParzenEstimator _above;

    /// <summary>
    /// Models the dimensions of these indices together; bandwidths are univariate where <paramref name="multivariate"/> is false.
    /// </summary>
    public TpeModel(History history, GoodBadSplit split, int[] dimensions, bool multivariate)
    {
        _dimensions = dimensions;
        _below = Estimate(split.Below);
        _above = Estimate(split.Above);

        ParzenEstimator Estimate(int[] trials) => new(
            [.. dimensions.Select(dimension => KernelsOf(history, dimension, trials, multivariate ? dimensions.Length : 0))],
            ObservationWeights.LogWeights(trials.Length));
    }

    /// <summary>
    /// Draws candidates from l and writes the one of the largest log l - log g into a configuration's values; the first wins a tie.
    /// </summary>
    public void Propose(int candidates, SearchSpace space, RandomStream random, double[] values)
    {
        var point = new double[_dimensions.Length];
        var best = new double[_dimensions.Length];
        var bestScore = double.NegativeInfinity;
        for (var candidate = 0; candidate < candidates; candidate++)
        {
            _below.Draw(random, point);
            var score = _below.LogDensity(point) - _above.LogDensity(point);
            if (candidate > 0 && !(score > bestScore)) continue;
            bestScore = score;
            point.CopyTo(best, 0);
        }

        for (var index = 0; index < best.Length; index++)
        {
            var dimension = _dimensions[index];
            values[dimension] = space.Dimensions[dimension] is NumericDimension numeric ? numeric.FromScale(best[index]) : best[index];
        }
    }

    private static Kernels KernelsOf(History history, int dimension, int[] trials, int together)
    {
        var column = history.Column(dimension);
        var observations = new double[trials.Length];
        for (var index = 0; index < trials.Length; index++)
        {
            observations[index] = column[trials[index]];
        }

        if (history.Space.Dimensions[dimension] is Categorical choice) return new CategoricalKernels(choice.Choices.Count, observations);
        var numeric = (NumericDimension)history.Space.Dimensions[dimension];
        for (var index = 0; index < observations.Length; index++)
        {
            observations[index] = numeric.ToScale(observations[index]);
        }

        var sigmas = together > 0
            ? Bandwidths.Multivariate(observations.Length, together, numeric.ScaleLow, numeric.ScaleHigh)
            : Bandwidths.Univariate(observations, numeric.ScaleLow, numeric.ScaleHigh);
        return new NumericKernels(numeric, observations, sigmas);
    }
}

/// <summary>The trials that l and g are estimated from, each in order of trial number.</summary>
internal sealed record GoodBadSplit(int[] Below, int[] Above)
{
    /// <summary>
    /// The best trials go below, all others above: the worse ones, failed ones, and ("constant liar") those that have no loss yet. A trial
    /// without a finite loss never counts as good, even where too few have one.
    /// </summary>
    public static GoodBadSplit Of(History history, TpeOptions options)
    {
        int[] below = [.. history.Best(options.Below(history.Observed)).Order()];
        List<int> above = [];
        for (var trial = history.End - 1; trial >= 0 && above.Count < options.MaxAbove; trial--)
        {
            if (history.IsKnown(trial) && Array.BinarySearch(below, trial) < 0)
            {
                above.Add(trial);
            }
        }

        above.Reverse();
        return new GoodBadSplit(below, [.. above]);
    }
}
