namespace MacroCausal.Search.Spaces;

/// <summary>Any number between two positive bounds, every order of magnitude equally likely.</summary>
public sealed record LogUniform : NumericDimension
{
    /// <summary>Numbers from <paramref name="low"/> to <paramref name="high"/>; throws <see cref="ArgumentException"/> where they are not two finite numbers above 0 in order.</summary>
    public LogUniform(string name, double low, double high)
        : base(name, low, high)
    {
        if (low <= 0)
            throw new ArgumentException(Invariant($"'{name}' is log-uniform with the lower bound {low}; a logarithm needs a bound above 0."), nameof(low));
    }

    internal override double ScaleLow => Math.Log(Low);

    internal override double ScaleHigh => Math.Log(High);

    internal override double ToScale(double value) => Math.Log(value);

    internal override double FromScale(double point) => Math.Clamp(Math.Exp(point), Low, High);
}
