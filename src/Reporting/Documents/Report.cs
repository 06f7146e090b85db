using System.Text.Json.Serialization;

namespace MacroCausal.Reporting.Documents;

/// <summary>Everything that a page shows of a study: sentences, figures, their tables. The page draws it and adds nothing.</summary>
public sealed record Report
{
    /// <summary>What is reported of.</summary>
    public required string Title { get; init; }

    /// <summary>One line below the title.</summary>
    public required string Subtitle { get; init; }

    /// <summary>The verdict's word; of a failed study <c>failed</c>.</summary>
    public required string Word { get; init; }

    /// <summary>The sections, the most important one first.</summary>
    public required IReadOnlyList<Section> Sections { get; init; }

    /// <summary>The tables behind the figures by name, each once.</summary>
    public IReadOnlyDictionary<string, DataTable> Tables => Sections.SelectMany(section => section.Figures).Select(figure => figure.Data)
        .DistinctBy(table => table.Name).ToDictionary(table => table.Name, StringComparer.Ordinal);
}

/// <summary>A part of a report.</summary>
public sealed record Section
{
    /// <summary>Its name in addresses.</summary>
    public required string Id { get; init; }

    /// <summary>Its heading.</summary>
    public required string Title { get; init; }

    /// <summary>Paragraphs above its figures.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>Its figures.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Commands and code to copy.</summary>
    public IReadOnlyList<Snippet> Snippets { get; init; } = [];
}

/// <summary>A chart with its table, or a table alone.</summary>
public sealed record Figure
{
    /// <summary>Its name in addresses and file names; unique in a report.</summary>
    public required string Id { get; init; }

    /// <summary>Its heading.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows for this study.</summary>
    public required string Sentence { get; init; }

    /// <summary>The figures that are drawn; in JSON its name among the report's tables.</summary>
    [JsonPropertyName("table")]
    [JsonConverter(typeof(TableNameConverter))]
    public required DataTable Data { get; init; }

    /// <summary>How they are drawn; null where the table alone is shown.</summary>
    public Plot? Plot { get; init; }
}

/// <summary>Lines to copy.</summary>
/// <param name="Title">What they do.</param>
/// <param name="Lines">The lines.</param>
public sealed record Snippet(string Title, IReadOnlyList<string> Lines);

/// <summary>A table of figures, column by column.</summary>
/// <param name="Name">Its name, also of its CSV file; unique in a report.</param>
/// <param name="Columns">Columns of one length.</param>
public sealed record DataTable(string Name, params IReadOnlyList<DataColumn> Columns)
{
    /// <summary>Number of rows.</summary>
    [JsonIgnore]
    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <summary>The column of that name; throws where there is none.</summary>
    public DataColumn this[string name] => Columns.First(column => column.Name == name);
}

/// <summary>A column of a table: numbers, or texts.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Numbers), "number")]
[JsonDerivedType(typeof(Texts), "text")]
public abstract record DataColumn(string Name, string Label)
{
    /// <summary>Number of cells.</summary>
    [JsonIgnore]
    public abstract int Count { get; }
}

/// <summary>Numbers of six digits, which is more than a chart or a reader can tell apart; null where there is none.</summary>
public sealed record Numbers : DataColumn
{
    private const int Digits = 6;

    /// <summary>Rounds the values; what is not finite becomes null.</summary>
    public Numbers(string name, string label, IEnumerable<double?> values)
        : base(name, label) => Values = [.. values.Select(Rounded)];

    /// <summary>Rounds the values; what is not finite becomes null.</summary>
    public Numbers(string name, string label, IEnumerable<double> values)
        : this(name, label, values.Select(value => (double?)value))
    {
    }

    /// <summary>The numbers.</summary>
    public IReadOnlyList<double?> Values { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Count => Values.Count;

    /// <summary>A number as a report has it.</summary>
    public static double? Rounded(double? value)
    {
        if (value is not { } number || !double.IsFinite(number)) return null;
        if (number == Math.Truncate(number) && Math.Abs(number) < 1e15) return number + 0.0;
        var scale = Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(number)));
        return scale is >= 0 and <= 15
            ? Math.Round(number, scale)
            : double.Parse(number.ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}

/// <summary>Texts, dates among them as <c>yyyy-MM-dd</c>; null where there is none.</summary>
public sealed record Texts : DataColumn
{
    /// <summary>Holds the values as they are; what must not reach a page is replaced when it is written.</summary>
    public Texts(string name, string label, IEnumerable<string?> values)
        : base(name, label) => Values = [.. values];

    /// <summary>The texts.</summary>
    public IReadOnlyList<string?> Values { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Count => Values.Count;
}
