using System.Text.Json;
using MacroCausal.Search.Samplers;

namespace MacroCausal.Search.Spaces;

/// <summary>
/// One hyperparameter and the values that it may take: <see cref="LogUniform"/>, <see cref="Uniform"/>, <see cref="IntegerRange"/> or <see cref="Categorical"/>.
/// </summary>
public abstract record Dimension
{
    private protected Dimension(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentException("A hyperparameter has no name; give it one.", nameof(name));
        Name = name;
    }

    /// <summary>The hyperparameter's name, unique within a space.</summary>
    public string Name { get; }

    /// <summary>Whether there is only one value to take.</summary>
    public abstract bool IsFixed { get; }

    /// <summary>A value drawn without regard to any trial.</summary>
    internal abstract double Draw(RandomStream random);

    /// <summary>The value that stands for <paramref name="value"/>; throws <see cref="ArgumentException"/> where it is not of this dimension.</summary>
    internal abstract double Locate(JsonElement value);

    /// <summary>The value as JSON; <see cref="Locate"/> turns it back.</summary>
    internal abstract JsonElement ToJson(double value);
}
