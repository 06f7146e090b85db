namespace MacroCausal.Search.Samplers;

/// <summary>Options of <see cref="TpeSampler"/>; the defaults are Optuna's.</summary>
public sealed record TpeOptions
{
    /// <summary>Trials with a loss, or failed, before the first proposal that is not random. Default 10, 0 or more.</summary>
    public int Startup { get; init; } = 10;

    /// <summary>Points drawn from l, of which the best is proposed. Default 24, 1 or more.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>Share of the observations that counts as good: gamma. Default 0.1, above 0 and below 1.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <summary>Most observations that count as good. Default 25, from 1 to <see cref="History.MostBest"/>.</summary>
    public int MostBelow { get; init; } = 25;

    /// <summary>
    /// Most observations that g is estimated from: those of the highest trial numbers, which weigh most, pending ones included. It bounds the cost of a proposal in a long
    /// study; Optuna has no such bound. Default 1,000, 1 or more.
    /// </summary>
    public int MostAbove { get; init; } = 1000;

    /// <summary>Whether hyperparameters are modelled together. Default true.</summary>
    public bool Multivariate { get; init; } = true;

    /// <summary>Size of l for n observations: min(ceil(gamma n), most).</summary>
    internal int Below(int observed) => Math.Min((int)Math.Ceiling(Gamma * observed), MostBelow);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Startup);
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostBelow, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MostBelow, History.MostBest);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostAbove, 1);
        if (!(Gamma > 0 && Gamma < 1)) throw new ArgumentException($"Gamma is {Gamma}; it is a share above 0 and below 1.");
    }
}
