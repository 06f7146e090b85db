using System.Globalization;

namespace MacroCausal.Data.Tables;

/// <summary>Dates written as ISO 8601: <c>2019-12</c>, <c>2019-12-01</c>, <c>2019-12-01T00:00:00Z</c>, a space for the T allowed. No offset means UTC.</summary>
internal static class IsoDate
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    private const DateTimeStyles Styles =
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowTrailingWhite;

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out var date) ? date : null;
}
