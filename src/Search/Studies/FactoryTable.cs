namespace MacroCausal.Search.Studies;

/// <summary>What can be chosen by name, one row each. Settings, options and documents take names and texts from here.</summary>
/// <typeparam name="T">What a row makes.</typeparam>
public sealed class FactoryTable<T>
{
    private readonly string _kind;
    private readonly (string Name, string Text, Func<SearchOptions, T> Create)[] _rows;

    internal FactoryTable(string kind, params (string Name, string Text, Func<SearchOptions, T> Create)[] rows)
    {
        _kind = kind;
        _rows = rows;
    }

    /// <summary>Every name, in the order of the table; the first is the default.</summary>
    public IReadOnlyList<string> Names => [.. _rows.Select(row => row.Name)];

    /// <summary>Every name with a line on what it does.</summary>
    public IReadOnlyList<(string Name, string Text)> Texts => [.. _rows.Select(row => (row.Name, row.Text))];

    /// <summary>Makes the one of this name; throws <see cref="ArgumentException"/> with every known name where there is none.</summary>
    public T Create(string name, SearchOptions options)
    {
        foreach (var row in _rows)
        {
            if (row.Name == name) return row.Create(options);
        }

        throw new ArgumentException($"There is no {_kind} '{name}'; use one of {string.Join(", ", Names)}.");
    }
}
