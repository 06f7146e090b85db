using System.Globalization;

namespace MacroCausal.Data.Tables;

/// <summary>A named column of a table, all its cells in one array.</summary>
public abstract record Column(string Name)
{
    /// <summary>Number of cells.</summary>
    public abstract int Count { get; }

    /// <summary>What the cells are, in a word.</summary>
    public abstract string Type { get; }

    /// <summary>Whether the cell of a row is null, or a number that is not finite.</summary>
    public abstract bool IsMissing(int row);
}

/// <summary>
/// Numbers of any width; a null is NaN. <paramref name="IsInteger"/> says that the column was declared, or reads, as whole numbers.
/// </summary>
public sealed record NumberColumn(string Name, double[] Values, bool IsInteger = false) : Column(Name)
{
    public override int Count => Values.Length;

    public override string Type => IsInteger ? "integer" : "number";

    public override bool IsMissing(int row) => !double.IsFinite(Values[row]);
}

/// <summary>Booleans.</summary>
public sealed record BooleanColumn(string Name, bool?[] Values) : Column(Name)
{
    public override int Count => Values.Length;

    public override string Type => "boolean";

    public override bool IsMissing(int row) => Values[row] is null;
}

/// <summary>Text; equal cells share one string. An empty text counts as missing.</summary>
public sealed record TextColumn(string Name, string?[] Values) : Column(Name)
{
    public override int Count => Values.Length;

    public override string Type => "text";

    public override bool IsMissing(int row) => string.IsNullOrEmpty(Values[row]);
}

/// <summary>Dates and timestamps, UTC.</summary>
public sealed record DateColumn(string Name, DateTimeOffset?[] Values) : Column(Name)
{
    public override int Count => Values.Length;

    public override string Type => "date";

    public override bool IsMissing(int row) => Values[row] is null;
}

/// <summary>A column whose cells were not read, because nothing here can use their type.</summary>
public sealed record UnsupportedColumn(string Name, string OriginalType, int Rows) : Column(Name)
{
    public override int Count => Rows;

    public override string Type => OriginalType;

    public override bool IsMissing(int row) => true;
}

/// <summary>
/// Dates written as ISO 8601: <c>2019-12</c>, <c>2019-12-01</c>, <c>2019-12-01T00:00:00Z</c>, a space for the T allowed. No offset means
/// UTC.
/// </summary>
internal static class IsoDate
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    private const DateTimeStyles Styles =
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        | DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowTrailingWhite;

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out var date) ? date : null;
}
