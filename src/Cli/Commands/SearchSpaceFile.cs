using System.Text.Json;
using System.Text.Json.Serialization;

namespace MacroCausal.Cli.Commands;

/// <summary>A search space from a JSON file, in the form that StartTraining takes it.</summary>
internal static class SearchSpaceFile
{
    private const string Example = """{"dropout": {"type": "uniform", "low": 0, "high": 0.5}}""";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static IReadOnlyDictionary<string, SearchDimension>? Read(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (!File.Exists(path))
        {
            throw new BadInputException($"There is no search space file '{path}'; check --search-space.");
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, SearchDimension>>(File.ReadAllText(path), Json)
                ?? throw new JsonException(null, "$", lineNumber: 0, bytePositionInLine: 0);
        }
        catch (JsonException exception)
        {
            throw new BadInputException(
                $"The search space file '{path}' is not what was expected in line {exception.LineNumber + 1}, at {exception.Path}; an example: {Example}.");
        }
    }
}
