using System.Globalization;
using System.Text.Json.Serialization;

namespace MacroCausal.Storage;

/// <summary>What records hold as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrialConfig))]
[JsonSerializable(typeof(IReadOnlyList<RungLoss>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, double>))]
internal sealed partial class StorageJson : JsonSerializerContext;

/// <summary>Instants as records hold them: ISO 8601.</summary>
internal static class InstantText
{
    // Fixed width and UTC, so that the order of the text is the order of the instants.
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
