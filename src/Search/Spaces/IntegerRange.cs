using System.Text.Json;

namespace MacroCausal.Search.Spaces;

/// <summary>Any whole number between two bounds, all equally likely.</summary>
public sealed record IntegerRange : NumericDimension
{
    // Above it a double no longer tells two neighbouring whole numbers apart.
    private const long Largest = 1L << 52;

    /// <summary>Whole numbers from <paramref name="low"/> to <paramref name="high"/>; throws <see cref="ArgumentException"/> where they are not in order or beyond ±2^52.</summary>
    public IntegerRange(string name, long low, long high)
        : base(name, low, high)
    {
        if (low < -Largest || high > Largest)
            throw new ArgumentException(Invariant($"'{name}' has the bounds {low} and {high}; whole numbers are exact only from {-Largest} to {Largest}."));
    }

    internal override double ScaleLow => Low - HalfStep;

    internal override double ScaleHigh => High + HalfStep;

    internal override double HalfStep => 0.5;

    internal override double ToScale(double value) => value;

    internal override double FromScale(double point) => Math.Clamp(Math.Round(point), Low, High);

    internal override JsonElement ToJson(double value) => JsonSerializer.SerializeToElement((long)value);

    private protected override bool IsValue(double number) => number == Math.Round(number);
}
