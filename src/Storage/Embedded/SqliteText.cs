using System.Data;

namespace MacroCausal.Storage.Embedded;

/// <summary>Values as columns hold them.</summary>
internal static class SqliteText
{
    public static DateTimeOffset GetInstant(this IDataRecord row, int column) => InstantText.Parse(row.GetString(column));

    public static string? GetText(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static double? GetNumber(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
