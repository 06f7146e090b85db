using System.Globalization;
using System.Text.Json;
using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Spaces;

/// <summary>A number between two bounds, both included. Equal bounds are a fixed value.</summary>
public abstract record NumericDimension : Dimension
{
    private protected NumericDimension(string name, double low, double high)
        : base(name)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || !double.IsFinite(high - low))
            throw new ArgumentException(Invariant($"'{name}' has the bounds {low} and {high}; give two finite numbers whose difference is finite."));
        if (low > high)
            throw new ArgumentException(Invariant($"'{name}' has the lower bound {low} above its upper bound {high}; exchange them."));
        Low = low;
        High = high;
    }

    /// <summary>Lowest value, included.</summary>
    public double Low { get; }

    /// <summary>Highest value, included.</summary>
    public double High { get; }

    /// <inheritdoc/>
    public override bool IsFixed => Low == High;

    /// <summary>Lower bound L of the scale on which samplers work.</summary>
    internal abstract double ScaleLow { get; }

    /// <summary>Upper bound H of the scale on which samplers work.</summary>
    internal abstract double ScaleHigh { get; }

    /// <summary>Half the distance of two neighbouring values on that scale; 0 where every number between the bounds is a value.</summary>
    internal virtual double HalfStep => 0;

    /// <summary>From a value to the scale on which samplers work.</summary>
    internal abstract double ToScale(double value);

    /// <summary>The value nearest to a point of the scale.</summary>
    internal abstract double FromScale(double point);

    internal override double Draw(RandomStream random) =>
        IsFixed ? Low : FromScale(ScaleLow + ((ScaleHigh - ScaleLow) * random.NextDouble()));

    internal override double Locate(JsonElement value)
    {
        var number = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
        if (!(number >= Low && number <= High) || !IsValue(number))
            throw new ArgumentException(Invariant($"'{Name}' is {value.GetRawText()}, which is not one of its values from {Low} to {High}; was the trial stored with another search space?"));
        return number;
    }

    internal override JsonElement ToJson(double value) => JsonSerializer.SerializeToElement(value);

    private protected virtual bool IsValue(double number) => true;

    private protected static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
