using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// What a study is asked for: an option for every setting of StartTraining, and a file of them. <c>train</c> and <c>submit</c> share them.
/// </summary>
internal sealed class StudyOptions
{
    // Shorter than the settings' names, which stand beside others in a message.
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        ["dateColumn"] = "--date",
        ["ignoredColumns"] = "--ignore",
        ["categoryColumns"] = "--category",
        ["groupColumns"] = "--group",
        ["embargoRows"] = "--embargo",
    };

    private readonly bool _isForAws;
    private readonly IReadOnlyList<(TrainingSetting Setting, Option Option)> _options;

    private readonly Option<string?> _file = new("--settings")
    {
        Description = "JSON file of settings, by their names in StartTraining; options win over it. "
            + "'macrocausal settings --schema' says what it may hold",
    };

    public StudyOptions(bool isForAws)
    {
        _isForAws = isForAws;
        _options = [.. TrainingSettings.All.Where(setting => isForAws || !setting.IsForAws).Select(setting => (setting, Create(setting)))];
    }

    /// <summary>What a setting is called on the command line.</summary>
    public static string NameOf(TrainingSetting setting) =>
        ShortNames.GetValueOrDefault(setting.Name) ?? "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(setting.Name);

    /// <summary>What a setting is, its range and its default, in a line.</summary>
    public static string Description(TrainingSetting setting)
    {
        var allowed = setting.Allowed == setting.Kind ? "" : $"; {setting.Allowed}";
        var usual = setting.Default is null or false ? "" : Invariant($" [default: {setting.Default}]");
        return setting.Text + allowed + usual;
    }

    public void AddTo(Command command)
    {
        command.Add(_file);
        foreach (var (_, option) in _options)
        {
            command.Add(option);
        }
    }

    /// <summary>The settings that were asked for. Says on standard error where an option overrides the file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="otherwise">Settings where no file is named.</param>
    /// <exception cref="BadInputException">The file, or the file of the search space, cannot be used.</exception>
    public StartTraining Read(ParseResult parsed, Func<IReadOnlyList<SettingsEntry>>? otherwise = null)
    {
        var (path, notes) = (parsed.GetValue(_file), parsed.InvocationConfiguration.Error);
        var file = path is not null ? SettingsFile.Read(path) : otherwise?.Invoke() ?? [];
        var settings = new JsonObject();
        foreach (var entry in file.Where(entry => _isForAws || !entry.Setting.IsForAws))
        {
            settings[entry.Setting.Name] = JsonSerializer.SerializeToNode(entry.Value);
        }

        foreach (var entry in file.Where(entry => !_isForAws && entry.Setting.IsForAws))
        {
            notes.WriteSentence(
                $"note: {entry.Place} sets {entry.Setting.Name}, which only 'submit' uses; 'train' keeps everything in --store");
        }

        foreach (var (setting, option) in _options.Where(pair => parsed.GetResult(pair.Option) is { Implicit: false }))
        {
            var value = Value(parsed, setting, option);
            if (file.FirstOrDefault(entry => entry.Setting == setting) is { } entry && !JsonNode.DeepEquals(value, settings[setting.Name]))
            {
                notes.WriteSentence($"note: {option.Name} {value?.ToJsonString()} wins over {entry.Value.GetRawText()} from {entry.Place}");
            }

            settings[setting.Name] = value;
        }

        return settings.Deserialize<StartTraining>(SettingsFile.Json)!;
    }

    private static Option Create(TrainingSetting setting)
    {
        var (name, text) = (NameOf(setting), Description(setting));
        return setting.Type switch
        {
            var type when type == typeof(bool) => new Option<bool>(name) { Description = text },
            var type when type == typeof(int) => CommonOptions.Number<int>(name, text),
            var type when type == typeof(long) => CommonOptions.Number<long>(name, text),
            var type when type == typeof(double) => Real(name, text),
            var type when type == typeof(IReadOnlyList<string>) =>
                new Option<string[]>(name) { Description = text, AllowMultipleArgumentsPerToken = true },
            var type when type == typeof(string) => new Option<string?>(name) { Description = text },
            _ => new Option<string?>(name) { Description = "JSON file: " + text },
        };
    }

    private static JsonNode? Value(ParseResult parsed, TrainingSetting setting, Option option) => option switch
    {
        Option<bool> flag => parsed.GetValue(flag),
        Option<int?> number => parsed.GetValue(number),
        Option<long?> number => parsed.GetValue(number),
        Option<double?> number => parsed.GetValue(number),
        Option<string[]> list => JsonSerializer.SerializeToNode(parsed.GetValue(list)),
        Option<string?> text when setting.Type == typeof(string) => parsed.GetValue(text),
        Option<string?> path => JsonSerializer.SerializeToNode(SearchSpaceFile.Read(parsed.GetValue(path)!), SettingsFile.Json),
        _ => throw new NotSupportedException($"The option {option.Name} has a type without a value."),
    };

    /// <summary>An option that is a finite number.</summary>
    internal static Option<double?> Real(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            var token = argument.Tokens[0].Value;
            if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            {
                return number;
            }

            argument.AddError($"{name} is '{token}'; it must be a finite number, with a point for decimals.");
            return null;
        },
    };
}

/// <summary>What a study has where nobody says otherwise, for a view that is drawn before anybody says it.</summary>
internal static class StudyDefaults
{
    private static readonly StudySettings Settings = new()
    {
        ExecutionId = "",
        GoldBucket = "",
        ArtifactsBucket = "",
        ModelRegistryTable = "",
    };

    public static int Trials => Settings.Trials;

    public static int MaxEpochs => Settings.MaxEpochs;
}
