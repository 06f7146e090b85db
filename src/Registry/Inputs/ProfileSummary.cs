using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Data.Tables;

namespace MacroCausal.Registry.Inputs;

/// <summary>The part of <c>profile.json</c> that a model's metadata repeats: everything but the line for every column.</summary>
internal static class ProfileSummary
{
    private const string Columns = "columns";

    public static JsonObject Of(ReadOnlySpan<byte> profile)
    {
        try
        {
            var summary = JsonNode.Parse(profile)!.AsObject();
            var columns = summary[Columns]!.AsArray();
            summary[Columns] = columns.Count;
            summary["columnsKept"] = columns.Count(column => column!["kept"]!.GetValue<bool>());
            return summary;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new TableException("profile.json cannot be read; it was changed by hand or is of another version: train again under another execution id.", failure);
        }
    }
}
