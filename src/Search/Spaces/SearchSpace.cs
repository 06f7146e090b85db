using System.Text.Json;

namespace MacroCausal.Search.Spaces;

/// <summary>
/// The hyperparameters that a study searches, ordered by name (ordinal), so that a space is the same however it was written down.
/// </summary>
public sealed class SearchSpace : IEquatable<SearchSpace>
{
    private readonly Dimension[] _dimensions;
    private readonly Dictionary<string, int> _indices;

    private SearchSpace(Dimension[] dimensions)
    {
        _dimensions = dimensions;
        _indices = dimensions.Select((dimension, index) => (dimension.Name, index))
            .ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
    }

    /// <summary>The hyperparameters, by name.</summary>
    public IReadOnlyList<Dimension> Dimensions => _dimensions;

    /// <summary>
    /// A space of <paramref name="dimensions"/>; throws <see cref="ArgumentException"/> where there is none, or two share a name.
    /// </summary>
    public static SearchSpace Create(IEnumerable<Dimension> dimensions)
    {
        Dimension[] ordered = [.. dimensions.OrderBy(dimension => dimension.Name, StringComparer.Ordinal)];
        if (ordered.Length == 0)
        {
            throw new ArgumentException("The search space is empty; name at least one hyperparameter.", nameof(dimensions));
        }

        var twice = ordered.Zip(ordered.Skip(1)).FirstOrDefault(pair => pair.First.Name == pair.Second.Name).First;
        if (twice is not null)
        {
            throw new ArgumentException($"The search space names '{twice.Name}' twice; name it once.", nameof(dimensions));
        }

        return new SearchSpace(ordered);
    }

    /// <inheritdoc cref="Create(IEnumerable{Dimension})"/>
    public static SearchSpace Create(params Dimension[] dimensions) => Create(dimensions.AsEnumerable());

    /// <summary>
    /// The configuration that was stored as <paramref name="values"/>: numbers as they are, a choice by JSON equality, names outside the
    /// space ignored. Throws <see cref="ArgumentException"/> where a value is missing or not of its dimension.
    /// </summary>
    public Configuration Locate(IReadOnlyDictionary<string, JsonElement> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Configuration(this, [.. _dimensions.Select(dimension => values.TryGetValue(dimension.Name, out var value)
            ? dimension.Locate(value)
            : throw new ArgumentException(
                $"There is no value of '{dimension.Name}'; was the trial stored with another search space?", nameof(values)))]);
    }

    /// <summary>
    /// Position of a hyperparameter in <see cref="Dimensions"/>; throws <see cref="ArgumentException"/> where the space has none of that
    /// name.
    /// </summary>
    public int IndexOf(string name) =>
        _indices.TryGetValue(name, out var index)
            ? index
            : throw new ArgumentException($"The search space has no '{name}'; it has {string.Join(", ", _indices.Keys)}.", nameof(name));

    /// <summary>Whether both have equal dimensions.</summary>
    public bool Equals(SearchSpace? other) =>
        ReferenceEquals(this, other) || (other is not null && _dimensions.SequenceEqual(other._dimensions));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SearchSpace);

    /// <inheritdoc/>
    public override int GetHashCode() => _dimensions.Aggregate(0, HashCode.Combine);
}
