using System.Text.Json.Serialization;

namespace MacroCausal.Storage;

/// <summary>What records hold as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrialConfig))]
[JsonSerializable(typeof(IReadOnlyList<RungLoss>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, double>))]
internal sealed partial class StorageJson : JsonSerializerContext;
