using System.Data;
using System.Globalization;

namespace MacroCausal.Storage.Sqlite;

/// <summary>Values as columns hold them.</summary>
internal static class SqliteText
{
    // Fixed width and UTC, so that the order of the text is the order of the instants.
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture);

    public static DateTimeOffset GetInstant(this IDataRecord row, int column) =>
        DateTimeOffset.ParseExact(row.GetString(column), Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static string? GetText(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static double? GetNumber(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
