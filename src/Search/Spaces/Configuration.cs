using System.Text.Json;
using MacroCausal.Shared;

namespace MacroCausal.Search.Spaces;

/// <summary>A point of a search space: a value for every dimension. Immutable; equal where space and values are equal.</summary>
public sealed class Configuration : IEquatable<Configuration>
{
    private readonly double[] _values;

    internal Configuration(SearchSpace space, double[] values)
    {
        Space = space;
        _values = values;
    }

    /// <summary>The space that it is a point of.</summary>
    public SearchSpace Space { get; }

    /// <summary>By dimension: the number itself, or the index of the choice.</summary>
    internal ReadOnlySpan<double> Values => _values;

    /// <summary>The value of a numeric hyperparameter; throws <see cref="ArgumentException"/> where it is none.</summary>
    public double Number(string name)
    {
        var index = Space.IndexOf(name);
        return Space.Dimensions[index] is NumericDimension
            ? _values[index]
            : throw new ArgumentException($"'{name}' is a choice, not a number; ask for its choice.", nameof(name));
    }

    /// <summary>The value of a categorical hyperparameter; throws <see cref="ArgumentException"/> where it is none.</summary>
    public JsonElement Choice(string name)
    {
        var index = Space.IndexOf(name);
        return Space.Dimensions[index] is Categorical choice
            ? choice.ToJson(_values[index])
            : throw new ArgumentException($"'{name}' is a number, not a choice; ask for its number.", nameof(name));
    }

    /// <summary>Every value by name, as JSON; <see cref="SearchSpace.Locate"/> turns them back without loss.</summary>
    public IReadOnlyDictionary<string, JsonElement> ToValues() =>
        Space.Dimensions.Select((dimension, index) => (dimension.Name, Value: dimension.ToJson(_values[index])))
            .ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Equals(Configuration? other) =>
        other is not null && Space.Equals(other.Space) && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint().GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", ToValues().Select(value => $"{value.Key} = {value.Value.GetRawText()}"));

    /// <summary>64 bits that tell the values apart, but for a chance of one in 2^64.</summary>
    internal ulong Fingerprint()
    {
        var hash = (ulong)_values.Length;
        // + 0.0 makes one zero of both.
        foreach (var value in _values)
        {
            hash = SplitMix64.Hash(hash ^ BitConverter.DoubleToUInt64Bits(value + 0.0));
        }

        return hash;
    }
}
