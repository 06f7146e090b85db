using System.Text.Json;
using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Spaces;

/// <summary>One of several JSON values without an order, all equally likely. A configuration holds the index of the choice.</summary>
public sealed record Categorical : Dimension
{
    /// <summary>The values in <paramref name="choices"/>; throws <see cref="ArgumentException"/> where there is none, or one stands there twice.</summary>
    public Categorical(string name, IReadOnlyList<JsonElement> choices)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(choices);
        // Clones outlive the document that the choices were read from.
        Choices = [.. choices.Select(choice => choice.Clone())];
        if (Choices.Count == 0)
            throw new ArgumentException($"'{name}' has no choices; give at least one.", nameof(choices));
        for (var index = 0; index < Choices.Count; index++)
        {
            if (IndexOf(Choices[index]) != index)
                throw new ArgumentException($"'{name}' has the choice {Choices[index].GetRawText()} twice; name it once.", nameof(choices));
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
            : throw new ArgumentException($"'{Name}' is {value.GetRawText()}, which is not among its choices; was the trial stored with another search space?");
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
