using System.Text.Json;
using System.Text.Json.Serialization;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Cli.Commands;

/// <summary>A setting out of a file: its value, and where it stands.</summary>
internal sealed record SettingsEntry(TrainingSetting Setting, JsonElement Value, string Place);

/// <summary>
/// A JSON file of settings, by their names in StartTraining. Comments and trailing commas are allowed, <c>$schema</c> is ignored, and null
/// means left out.
/// </summary>
internal static class SettingsFile
{
    /// <summary>How settings are read: every name must be known, and a number must be one.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads and checks every setting by itself.</summary>
    /// <exception cref="BadInputException">Every reason why the file cannot be used, with its line.</exception>
    public static IReadOnlyList<SettingsEntry> Read(string path)
    {
        if (!File.Exists(path)) throw new BadInputException($"There is no settings file '{path}'; check --settings.");

        return Read(path, File.ReadAllBytes(path));
    }

    /// <summary>Reads and checks settings that are in no file.</summary>
    /// <param name="path">What they are called in reasons.</param>
    /// <param name="json">The settings, as a file would hold them.</param>
    /// <exception cref="BadInputException">Every reason why they cannot be used, with its line.</exception>
    public static IReadOnlyList<SettingsEntry> Read(string path, ReadOnlySpan<byte> json)
    {
        var members = Members(path, json);
        var reasons = members.Select(member => Refusal(path, member)).OfType<string>()
            .Concat(members.GroupBy(member => member.Name).Where(group => group.Count() > 1)
                .Select(group => $"{PlaceOf(path, group.Last().Line)}: {group.Key} is given more than once; give it once.")).ToList();
        if (reasons.Count > 0) throw new BadInputException(reasons);

        return [.. members.Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member =>
            (Setting: TrainingSettings.Find(member.Name), member.Value, member.Line)).Where(member => member.Setting is not null)
            .Select(member => new SettingsEntry(member.Setting!, member.Value, PlaceOf(path, member.Line)))];
    }

    private static string PlaceOf(string path, int line) => Invariant($"'{path}', line {line}");

    private static List<(string Name, JsonElement Value, int Line)> Members(string path, ReadOnlySpan<byte> json)
    {
        var bom = "\ufeff"u8;
        json = json.StartsWith(bom) ? json[bom.Length..] : json;
        var reader = new Utf8JsonReader(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var members = new List<(string Name, JsonElement Value, int Line)>();
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it holds no object", null, 0, 0);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (name, line) = (reader.GetString()!, 1 + json[..(int)reader.TokenStartIndex].Count((byte)'\n'));
                reader.Read();
                using var value = JsonDocument.ParseValue(ref reader);
                members.Add((name, value.RootElement.Clone(), line));
            }

            reader.Read();
            return members;
        }
        catch (JsonException exception)
        {
            var what = exception.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            throw new BadInputException(
                $"{PlaceOf(path, (int)(exception.LineNumber ?? 0) + 1)}: this is no JSON object of settings ({what}); "
                + """an example: {"target": "gdp", "trials": 50}.""");
        }
    }

    private static string? Refusal(string path, (string Name, JsonElement Value, int Line) member)
    {
        if (member.Name == "$schema" || (member.Value.ValueKind == JsonValueKind.Null && TrainingSettings.Find(member.Name) is not null))
        {
            return null;
        }

        var known = TrainingSettings.All.Select(setting => setting.Name);
        var reason = TrainingSettings.Find(member.Name) is { } setting
            ? Refusal(setting, member.Value)
            : $"there is no setting '{member.Name}'{Spelling.Question(member.Name, known)} 'macrocausal settings' lists all.";
        return reason is null ? null : $"{PlaceOf(path, member.Line)}: {reason}";
    }

    private static string? Refusal(TrainingSetting setting, JsonElement value)
    {
        try
        {
            var read = value.Deserialize(setting.Type, Json);
            return read is IReadOnlyDictionary<string, SearchDimension> space
                ? string.Join(' ', SearchSpaceCheck.Reasons(space)) is { Length: > 0 } reasons ? reasons : null
                : read is IReadOnlyList<string?> list && list.Contains(null)
                    ? $"{setting.Name} holds null; it must be {setting.Kind}."
                    : setting.Refusal(read);
        }
        catch (JsonException exception)
        {
            var within = exception.Path is { Length: > 2 } path ? $" (at {setting.Name}{path[1..]})" : "";
            var must = setting.Kind + (setting.Allowed == setting.Kind ? "" : $", {setting.Allowed}");
            return $"{setting.Name} is {Shortened(value.GetRawText())}{within}; it must be {must}.";
        }
    }

    private static string Shortened(string json) => json.Length <= 60 ? json : json[..57] + "...";
}

/// <summary>A search space from a JSON file, in the form that StartTraining takes it.</summary>
internal static class SearchSpaceFile
{
    private const string Example = """{"dropout": {"type": "uniform", "low": 0, "high": 0.5}}""";

    public static IReadOnlyDictionary<string, SearchDimension> Read(string path)
    {
        if (!File.Exists(path)) throw new BadInputException($"There is no search space file '{path}'; check --search-space.");

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, SearchDimension>>(File.ReadAllText(path), SettingsFile.Json)
                ?? throw new JsonException(null, "$", lineNumber: 0, bytePositionInLine: 0);
        }
        catch (JsonException exception)
        {
            throw new BadInputException(
                $"The search space file '{path}' is not what was expected in line {exception.LineNumber + 1}, at {exception.Path}; "
                + $"an example: {Example}.");
        }
    }
}
