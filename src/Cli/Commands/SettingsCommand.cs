using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal settings</c>: what a study can be asked for, as a list or as a JSON schema.</summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var schema = new Option<bool>("--schema") { Description = "Print the JSON schema of a settings file" };
        var command = new Command("settings", "List the settings of a study, and what --settings FILE.json may hold") { schema };
        command.SetAction(async (parsed, _) =>
        {
            var text = parsed.GetValue(schema) ? SettingsSchema.Text : string.Join('\n', Lines());
            await parsed.InvocationConfiguration.Output.WriteLineAsync(text);
            return ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<string> Lines() => TrainingSettings.All.Select(setting =>
    {
        var place = setting.IsForAws ? " (only on AWS)" : "";
        return $"{setting.Name,-20}{StudyOptions.NameOf(setting),-24}{StudyOptions.Description(setting)}{place}";
    });
}

/// <summary>The JSON schema of a settings file, made of <see cref="TrainingSettings"/> and <see cref="Hyperparameters"/>.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text => new JsonObject
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "Settings of a MacroCausal study",
        ["description"] = "For 'macrocausal train --settings' and 'macrocausal submit --settings'. What is left out has its default.",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(
            TrainingSettings.All.Select(setting => KeyValuePair.Create<string, JsonNode?>(setting.Name, Of(setting)))
                .Prepend(KeyValuePair.Create<string, JsonNode?>("$schema", new JsonObject { ["type"] = "string" }))),
    }.ToJsonString(Indented);

    private static JsonObject Of(TrainingSetting setting)
    {
        var schema = OfType(setting);
        schema.Insert(0, "description", setting.Text + (setting.IsForAws ? " (only on AWS, with submit)." : "."));
        if (setting.Default is { } usual) schema["default"] = JsonSerializer.SerializeToNode(usual);
        return schema;
    }

    private static JsonObject OfType(TrainingSetting setting) => setting.Type switch
    {
        var type when type == typeof(bool) => new() { ["type"] = "boolean" },
        var type when type == typeof(int) || type == typeof(long) => OfNumber("integer", setting),
        var type when type == typeof(double) => OfNumber("number", setting),
        var type when type == typeof(string) => OfText(setting.Names),
        var type when type == typeof(IReadOnlyList<string>) => new() { ["type"] = "array", ["items"] = OfText([]) },
        _ => OfSearchSpace(),
    };

    private static JsonObject OfNumber(string type, TrainingSetting setting)
    {
        var schema = new JsonObject { ["type"] = type };
        if (double.IsFinite(setting.Min)) schema[setting.ExcludesMin ? "exclusiveMinimum" : "minimum"] = setting.Min;
        if (double.IsFinite(setting.Max)) schema[setting.ExcludesMax ? "exclusiveMaximum" : "maximum"] = setting.Max;
        return schema;
    }

    private static JsonObject OfText(IReadOnlyList<string> names) => names.Count == 0
        ? new() { ["type"] = "string" }
        : new() { ["type"] = "string", ["enum"] = JsonSerializer.SerializeToNode(names) };

    private static JsonObject OfSearchSpace() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["minProperties"] = 1,
        ["properties"] = new JsonObject(
            Hyperparameters.All.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Name, OfDimension(entry)))),
    };

    private static JsonObject OfDimension(Hyperparameter entry) => new()
    {
        ["description"] = $"{char.ToUpperInvariant(entry.Text[0])}{entry.Text[1..]}; {entry.Allowed}.",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray("type"),
        ["properties"] = new JsonObject
        {
            ["type"] = OfText(["logUniform", "uniform", "integer", "choice"]),
            ["low"] = new JsonObject { ["type"] = "number" },
            ["high"] = new JsonObject { ["type"] = "number" },
            ["choices"] = new JsonObject { ["type"] = "array", ["minItems"] = 1 },
        },
    };
}
