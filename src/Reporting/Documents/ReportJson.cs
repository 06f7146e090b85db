using System.Text.Json;
using System.Text.Json.Serialization;
using MacroCausal.Data.Tables;

namespace MacroCausal.Reporting.Documents;

/// <summary>A report as JSON that can stand in a page: the default encoder escapes <c>&lt;</c> and all that is not plain ASCII.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ShownTextConverter)])]
[JsonSerializable(typeof(Report))]
public sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The report, UTF-8; the same report gives the same bytes.</summary>
    public static byte[] Of(Report report) => JsonSerializer.SerializeToUtf8Bytes(report, Default.Report);
}

/// <summary>
/// Every text that a page shows passes here: without control characters and marks that turn the direction of writing, and not endless.
/// </summary>
public sealed class ShownTextConverter : JsonConverter<string>
{
    /// <summary>Characters of one text that are shown at most.</summary>
    public const int MaxLength = 2_000;

    /// <summary>The text as it is shown.</summary>
    public static string Of(string text) => PrintableText.Of(text.Length <= MaxLength
        ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, MaxLength)}... ({text.Length:N0} characters in all)"));

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Of(value));

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}

/// <summary>A table is written once; what refers to it has its name.</summary>
internal sealed class TableNameConverter : JsonConverter<DataTable>
{
    public override DataTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Reports are written, not read.");

    public override void Write(Utf8JsonWriter writer, DataTable value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
