using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MacroCausal.Cli.Commands;
using MacroCausal.Cli.Embedded;
using MacroCausal.Dashboard.Starting;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Cli.Starting;

/// <summary>
/// The options of <c>train</c> as a form. What is filled in is read as a command line, so that a form allows, refuses and says what
/// <c>train</c> does.
/// </summary>
internal sealed class TrainForm
{
    private const string NamesFromSearchSpace = "searchSpace";

    // What most people want to say; the other settings stand behind a fold.
    private static readonly string[] Main = ["executionId", "target", "ahead", "trials", "maxEpochs", "seed"];

    // The search space has fields of its own, and where the table came from is known.
    private static readonly string[] Without = [NamesFromSearchSpace, "dataSource"];

    private readonly StudyOptions _study = new(isForAws: false);
    private readonly Option<int?> _workers = CommonOptions.Workers();
    private readonly Option<string> _device = CommonOptions.Device();
    private readonly Command _command = new("train");
    private readonly Dictionary<string, string> _options;

    public TrainForm()
    {
        _study.AddTo(_command);
        _command.Add(_workers);
        _command.Add(_device);
        _options = Settings.ToDictionary(setting => setting.Name, StudyOptions.NameOf, StringComparer.Ordinal);
        foreach (var option in new Option[] { _workers, _device })
        {
            _options.Add(option.Name.TrimStart('-'), option.Name);
        }
    }

    private static IEnumerable<TrainingSetting> Settings =>
        TrainingSettings.All.Where(setting => !setting.IsForAws && !Without.Contains(setting.Name));

    /// <summary>The fields, those first that most people want.</summary>
    public StudyForm Describe(long maxUploadBytes) => new()
    {
        Fields =
        [
            .. Settings.Select(Field).OrderBy(field => Array.IndexOf(Main, field.Name) is var place && place < 0 ? Main.Length : place),
            Field(_workers, "number", null),
            Field(_device, "text", "cpu"),
        ],
        SearchSpace =
        [
            .. Hyperparameters.All.Where(entry => entry.Default is not null).Select(entry => new FormDimension(
                entry.Name, entry.Label, $"{entry.Text}; {entry.Allowed}", RangeOf(entry.Default!))),
        ],
        MaxUploadBytes = maxUploadBytes,
    };

    /// <summary>What is asked for, as <c>train</c> would read it.</summary>
    /// <exception cref="StartRefusedException">Something cannot be used.</exception>
    public TrainRequest Read(StartForm asked, EmbeddedStore store, string source)
    {
        var parsed = _command.Parse([.. Arguments(asked)]);
        var errors = parsed.Errors.Select(error => new FieldError(FieldOf(error.Message), error.Message)).ToList();
        var space = SpaceOf(asked, errors);
        if (errors.Count > 0) throw new StartRefusedException(errors);

        var device = CommonOptions.DeviceOf(parsed, _device);
        var workers = CommonOptions.WorkersOf(parsed, _workers, device);
        var message = TrainCommand.Completed(_study.Read(parsed) with { SearchSpace = space }, workers, source);
        var (_, reasons) = SettingsCheck.Check(message, EmbeddedStore.Pipeline);
        return reasons.Count == 0
            ? new TrainRequest { Store = store, Workers = workers, Device = device, Message = message }
            : throw new StartRefusedException(ErrorsOf(reasons));
    }

    /// <summary>Reasons as the command line has them, each with the field that it speaks of.</summary>
    public IReadOnlyList<FieldError> ErrorsOf(IEnumerable<string> reasons) =>
        [.. reasons.Select(reason => new FieldError(FieldOf(reason), reason))];

    // Reasons begin with what is wrong, or name the remedy's option; what is left speaks of the table.
    private string FieldOf(string reason)
    {
        var first = reason.Split(' ')[0];
        if (_options.ContainsKey(first)) return first;
        if (first.StartsWith(NamesFromSearchSpace + ".", StringComparison.Ordinal)) return first;
        if (reason.StartsWith("The execution id", StringComparison.Ordinal)) return "executionId";
        var words = reason.Split([' ', '\'', ',', ';', '.', '(', ')', ':'], StringSplitOptions.RemoveEmptyEntries);
        return _options.Where(pair => words.Contains(pair.Value)).Select(pair => pair.Key).FirstOrDefault() ?? "data";
    }

    private IEnumerable<string> Arguments(StartForm asked)
    {
        foreach (var (name, value) in asked.Values.Where(value => !string.IsNullOrWhiteSpace(value.Value)))
        {
            if (!_options.TryGetValue(name, out var option))
            {
                throw new StartRefusedException([new FieldError("", $"There is no setting '{name}'.")]);
            }

            // Of texts, such as the names of columns, a space at the end may be meant.
            var type = TrainingSettings.Find(name)?.Type;
            var isList = type == typeof(IReadOnlyList<string>);
            var values = isList
                ? value!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : [type == typeof(string) ? value! : value!.Trim()];
            foreach (var one in values)
            {
                // Behind a sign of equality nothing is taken for an option.
                yield return $"{option}={one}";
            }
        }
    }

    private static Dictionary<string, SearchDimension>? SpaceOf(StartForm asked, List<FieldError> errors)
    {
        var space = new Dictionary<string, SearchDimension>(StringComparer.Ordinal);
        foreach (var (name, range) in asked.SearchSpace)
        {
            var field = $"{NamesFromSearchSpace}.{name}";
            space[name] = new SearchDimension
            {
                Type = range.Type,
                Low = NumberOf(range.Low, $"The low of {field}"),
                High = NumberOf(range.High, $"The high of {field}"),
                Choices = range.Type == "choice" ? ChoicesOf(range.Choices) : null,
            };

            double? NumberOf(string? text, string what)
            {
                if (string.IsNullOrWhiteSpace(text) || range.Type == "choice") return null;
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
                errors.Add(new FieldError(field, $"{what} is '{text}'; it must be a finite number, with a point for decimals."));
                return null;
            }

            IReadOnlyList<JsonElement>? ChoicesOf(string? json)
            {
                try
                {
                    return JsonSerializer.Deserialize<JsonElement[]>(string.IsNullOrWhiteSpace(json) ? "[]" : json);
                }
                catch (JsonException)
                {
                    errors.Add(new FieldError(field, $"The choices of {field} are '{json}'; they must be a JSON array, as [32, 64]."));
                    return null;
                }
            }
        }

        return space.Count == 0 ? null : space;
    }

    private static FormField Field(TrainingSetting setting) => new()
    {
        Name = setting.Name,
        Option = StudyOptions.NameOf(setting),
        Text = StudyOptions.Description(setting),
        Kind = setting.Type switch
        {
            _ when setting.Names.Count > 0 => "choice",
            var type when type == typeof(bool) => "flag",
            var type when type == typeof(IReadOnlyList<string>) => "list",
            var type when type == typeof(string) => "text",
            _ => "number",
        },
        Names = setting.Names,
        Default = Defaults.Value(setting),
        IsMain = Main.Contains(setting.Name),
    };

    private static FormField Field(Option option, string kind, string? usual) => new()
    {
        Name = option.Name.TrimStart('-'),
        Option = option.Name,
        Text = option.Description ?? "",
        Kind = kind,
        Default = usual,
    };

    private static FormRange RangeOf(SearchDimension dimension) => new(
        dimension.Type,
        dimension.Low?.ToString(CultureInfo.InvariantCulture),
        dimension.High?.ToString(CultureInfo.InvariantCulture),
        dimension.Choices is null ? null : $"[{string.Join(", ", dimension.Choices.Select(choice => choice.GetRawText()))}]");

    /// <summary>What <c>train</c> takes where nobody says; what follows from another setting, or the machine, has no default.</summary>
    private static class Defaults
    {
        private static readonly string[] Following = ["executionId", "horizon", "gracePeriod", "parallelism"];

        private static readonly StudySettings Settings = SettingsCheck.Check(
            TrainCommand.Completed(new StartTraining { ExecutionId = "-" }, 1, ""), EmbeddedStore.Pipeline).Settings;

        public static string? Value(TrainingSetting setting) => setting.ValueOf(Settings) switch
        {
            _ when Following.Contains(setting.Name) => null,
            string text => text,
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
