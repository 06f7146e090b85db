using System.Text.Json;
using MacroCausal.Search.Samplers;
using static System.FormattableString;

namespace MacroCausal.Search.Spaces;

/// <summary>
/// One hyperparameter and the values that it may take: <see cref="LogUniform"/>, <see cref="Uniform"/>, <see cref="IntegerRange"/> or <see
/// cref="Categorical"/>.
/// </summary>
public abstract record Dimension
{
    private protected Dimension(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException("A hyperparameter has no name; give it one.", nameof(name));
        }

        Name = name;
    }

    /// <summary>The hyperparameter's name, unique within a space.</summary>
    public string Name { get; }

    /// <summary>Whether there is only one value to take.</summary>
    public abstract bool IsFixed { get; }

    /// <summary>A value drawn without regard to any trial.</summary>
    internal abstract double Draw(RandomStream random);

    /// <summary>
    /// The value that stands for <paramref name="value"/>; throws <see cref="ArgumentException"/> where it is not of this dimension.
    /// </summary>
    internal abstract double Locate(JsonElement value);

    /// <summary>The value as JSON; <see cref="Locate"/> turns it back.</summary>
    internal abstract JsonElement ToJson(double value);
}

/// <summary>A number between two bounds, both included. Equal bounds are a fixed value.</summary>
public abstract record NumericDimension : Dimension
{
    private protected NumericDimension(string name, double low, double high)
        : base(name)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || !double.IsFinite(high - low))
        {
            throw new ArgumentException(
                Invariant($"'{name}' has the bounds {low} and {high}; give two finite numbers whose difference is finite."));
        }

        if (low > high)
        {
            throw new ArgumentException(Invariant($"'{name}' has the lower bound {low} above its upper bound {high}; exchange them."));
        }

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
        {
            throw new ArgumentException(
                Invariant($"'{Name}' is {value.GetRawText()}, which is not one of its values from {Low} to {High}; ")
                + "was the trial stored with another search space?");
        }

        return number;
    }

    internal override JsonElement ToJson(double value) => JsonSerializer.SerializeToElement(value);

    private protected virtual bool IsValue(double number) => true;
}

/// <summary>Any number between two positive bounds, every order of magnitude equally likely.</summary>
public sealed record LogUniform : NumericDimension
{
    /// <summary>
    /// Numbers from <paramref name="low"/> to <paramref name="high"/>; throws <see cref="ArgumentException"/> where they are not two finite
    /// numbers above 0 in order.
    /// </summary>
    public LogUniform(string name, double low, double high)
        : base(name, low, high)
    {
        if (low <= 0)
        {
            throw new ArgumentException(
                Invariant($"'{name}' is log-uniform with the lower bound {low}; a logarithm needs a bound above 0."), nameof(low));
        }
    }

    internal override double ScaleLow => Math.Log(Low);

    internal override double ScaleHigh => Math.Log(High);

    internal override double ToScale(double value) => Math.Log(value);

    internal override double FromScale(double point) => Math.Clamp(Math.Exp(point), Low, High);
}

/// <summary>Any number between two bounds, all equally likely.</summary>
public sealed record Uniform : NumericDimension
{
    /// <summary>
    /// Numbers from <paramref name="low"/> to <paramref name="high"/>; throws <see cref="ArgumentException"/> where they are not two finite
    /// numbers in order.
    /// </summary>
    public Uniform(string name, double low, double high)
        : base(name, low, high)
    {
    }

    internal override double ScaleLow => Low;

    internal override double ScaleHigh => High;

    internal override double ToScale(double value) => value;

    internal override double FromScale(double point) => Math.Clamp(point, Low, High);
}

/// <summary>Any whole number between two bounds, all equally likely.</summary>
public sealed record IntegerRange : NumericDimension
{
    // Above it a double no longer tells two neighbouring whole numbers apart.
    private const long MaxExact = 1L << 52;

    /// <summary>
    /// Whole numbers from <paramref name="low"/> to <paramref name="high"/>; throws <see cref="ArgumentException"/> where they are not in
    /// order or beyond ±2^52.
    /// </summary>
    public IntegerRange(string name, long low, long high)
        : base(name, low, high)
    {
        if (low < -MaxExact || high > MaxExact)
        {
            throw new ArgumentException(
                Invariant($"'{name}' has the bounds {low} and {high}; whole numbers are exact only from {-MaxExact} to {MaxExact}."));
        }
    }

    internal override double ScaleLow => Low - HalfStep;

    internal override double ScaleHigh => High + HalfStep;

    internal override double HalfStep => 0.5;

    internal override double ToScale(double value) => value;

    internal override double FromScale(double point) => Math.Clamp(Math.Round(point), Low, High);

    internal override JsonElement ToJson(double value) => JsonSerializer.SerializeToElement((long)value);

    private protected override bool IsValue(double number) => number == Math.Round(number);
}

/// <summary>One of several JSON values without an order, all equally likely. A configuration holds the index of the choice.</summary>
public sealed record Categorical : Dimension
{
    /// <summary>
    /// The values in <paramref name="choices"/>; throws <see cref="ArgumentException"/> where there is none, or one stands there twice.
    /// </summary>
    public Categorical(string name, IReadOnlyList<JsonElement> choices)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(choices);
        // Clones outlive the document that the choices were read from.
        Choices = [.. choices.Select(choice => choice.Clone())];
        if (Choices.Count == 0)
        {
            throw new ArgumentException($"'{name}' has no choices; give at least one.", nameof(choices));
        }

        for (var index = 0; index < Choices.Count; index++)
        {
            if (IndexOf(Choices[index]) != index)
            {
                throw new ArgumentException($"'{name}' has the choice {Choices[index].GetRawText()} twice; name it once.", nameof(choices));
            }
        }
    }

    /// <summary>The values, in the order given.</summary>
    public IReadOnlyList<JsonElement> Choices { get; }

    /// <inheritdoc/>
    public override bool IsFixed => Choices.Count == 1;

    /// <summary>The same name and the same JSON values in the same order.</summary>
    public bool Equals(Categorical? other) =>
        other is not null && Name == other.Name && Choices.Count == other.Choices.Count
        && Choices.Zip(other.Choices).All(pair => JsonElement.DeepEquals(pair.First, pair.Second));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Choices.Count);

    internal override double Draw(RandomStream random) => random.NextIndex(Choices.Count);

    internal override double Locate(JsonElement value)
    {
        var index = IndexOf(value);
        return index >= 0
            ? index
            : throw new ArgumentException(
                $"'{Name}' is {value.GetRawText()}, which is not among its choices; was the trial stored with another search space?");
    }

    internal override JsonElement ToJson(double value) => Choices[(int)value];

    private int IndexOf(JsonElement value)
    {
        for (var index = 0; index < Choices.Count; index++)
        {
            if (JsonElement.DeepEquals(Choices[index], value)) return index;
        }

        return -1;
    }
}
