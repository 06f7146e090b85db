using System.Globalization;

namespace MacroCausal.Data.Tables;

/// <summary>
/// How a file writes numbers: which mark is the decimal one and which groups thousands. Signs, currencies, percents and accountants'
/// parentheses are read in both styles: <c>$1,234.5</c>, <c>2.82%</c> (2.82), <c>(12.5)</c> (-12.5).
/// </summary>
internal sealed class NumberStyle
{
    private const string Currencies = "$€£¥₹₽₩₺";
    private readonly char _decimal;
    private readonly char _thousands;

    private NumberStyle(char decimalMark, char thousands) => (_decimal, _thousands) = (decimalMark, thousands);

    /// <summary><c>1,234.5</c></summary>
    public static NumberStyle Point { get; } = new('.', ',');

    /// <summary><c>1.234,5</c></summary>
    public static NumberStyle Comma { get; } = new(',', '.');

    /// <summary>The style's name, for a person.</summary>
    public override string ToString() => _decimal == ',' ? "decimal comma" : "decimal point";

    /// <summary>
    /// Whether a cell stands for no value: empty, <c>.</c>, <c>NA</c>, <c>N/A</c>, <c>#N/A</c>, <c>NaN</c>, <c>null</c>, <c>-</c> or
    /// <c>--</c>.
    /// </summary>
    public static bool IsMissing(string cell) =>
        cell.Trim().ToUpperInvariant() is "" or "." or "NA" or "N/A" or "#N/A" or "#NA" or "NAN" or "NULL" or "NONE" or "-" or "--";

    /// <summary>
    /// The style of a file by what only one of them can read: <c>1,5</c> speaks for the comma, <c>1.5</c> for the point. Without evidence,
    /// or with as much of both, the point.
    /// </summary>
    public static NumberStyle Of(IEnumerable<string> cells)
    {
        var evidence = 0;
        foreach (var cell in cells)
        {
            if (cell.AsSpan().IndexOfAny(',', '.') < 0) continue;
            var (point, comma) = (Point.Parse(cell) is not null, Comma.Parse(cell) is not null);
            if (point != comma) evidence += comma ? 1 : -1;
        }

        return evidence > 0 ? Comma : Point;
    }

    /// <summary>The number that a cell holds; null where it holds none.</summary>
    public double? Parse(string cell)
    {
        var text = cell.AsSpan().Trim();
        var sign = 1.0;
        if (text.Length > 2 && text[0] == '(' && text[^1] == ')')
        {
            sign = -1;
            text = text[1..^1].Trim();
        }

        text = WithoutUnit(text, ref sign);
        return sign * (Infinity(text) ?? Digits(text));
    }

    // A sign may stand before or after a currency: -$5, $-5.
    private static ReadOnlySpan<char> WithoutUnit(ReadOnlySpan<char> text, scoped ref double sign)
    {
        var signs = 0;
        for (;
            text.Length > 1 && (text[0] is '+' or '-' or '\u2212' || Currencies.Contains(text[0], StringComparison.Ordinal));
            text = text[1..].TrimStart())
        {
            if (Currencies.Contains(text[0], StringComparison.Ordinal)) continue;
            if (++signs > 1) return default;
            if (text[0] != '+') sign = -sign;
        }

        return text.Length > 1 && (text[^1] == '%' || Currencies.Contains(text[^1], StringComparison.Ordinal))
            ? text[..^1].TrimEnd()
            : text;
    }

    private static double? Infinity(ReadOnlySpan<char> text) =>
        text.Equals("inf", StringComparison.OrdinalIgnoreCase) || text.Equals("infinity", StringComparison.OrdinalIgnoreCase)
            ? double.PositiveInfinity
            : null;

    private double? Digits(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > 400) return null;
        Span<char> plain = stackalloc char[text.Length];
        var length = 0;
        var mark = text.IndexOf(_decimal);
        var whole = mark < 0 ? text : text[..mark];
        var exponent = whole.IndexOfAny('e', 'E');
        if (Groups(exponent < 0 ? whole : whole[..exponent]) is not { } groups) return null;
        foreach (var group in groups)
        {
            whole[group].CopyTo(plain[length..]);
            length += group.End.GetOffset(whole.Length) - group.Start.GetOffset(whole.Length);
        }

        if (length == 0 && mark < 0) return null;
        foreach (var character in exponent >= 0 ? text[exponent..] : mark >= 0 ? text[mark..] : default)
        {
            plain[length++] = character == _decimal ? '.' : character == '.' ? ',' : character;
        }

        const NumberStyles Plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(plain[..length], Plain, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // The groups of digits before the decimal mark; null where thousands are not in threes.
    private List<Range>? Groups(ReadOnlySpan<char> whole)
    {
        List<Range> groups = [];
        for (int start = 0, index = 0; index <= whole.Length; index++)
        {
            if (index < whole.Length && !IsThousands(whole[index])) continue;
            var (isFirst, isLast) = (groups.Count == 0, index == whole.Length);
            if (isFirst ? !isLast && index is 0 or > 3 : index - start != 3) return null;
            groups.Add(start..index);
            start = index + 1;
        }

        return groups;
    }

    private bool IsThousands(char character) => character == _thousands || character is ' ' or '\u00a0' or '\u202f' or '\'';
}
