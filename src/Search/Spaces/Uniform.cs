namespace MacroCausal.Search.Spaces;

/// <summary>Any number between two bounds, all equally likely.</summary>
public sealed record Uniform : NumericDimension
{
    /// <summary>Numbers from <paramref name="low"/> to <paramref name="high"/>; throws <see cref="ArgumentException"/> where they are not two finite numbers in order.</summary>
    public Uniform(string name, double low, double high)
        : base(name, low, high)
    {
    }

    internal override double ScaleLow => Low;

    internal override double ScaleHigh => High;

    internal override double ToScale(double value) => value;

    internal override double FromScale(double point) => Math.Clamp(point, Low, High);
}
