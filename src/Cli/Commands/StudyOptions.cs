using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// The options that say what a study is asked for, one a setting of StartTraining; <c>train</c> and <c>submit</c> share them.
/// </summary>
internal sealed class StudyOptions
{
    private readonly Option<string?> _target = Text("--target", "Column to predict [default: target]");
    private readonly Option<string?> _executionId = Text("--execution-id", "Id of the study [default: made of the time]");
    private readonly Option<string?> _date = Text("--date", "Column that dates the rows [default: date, else the only one that can]");
    private readonly Option<string?> _dateFormat = Text("--date-format", "How dates are written, such as d/m/Y, m/d/Y or dd/MM/yyyy");
    private readonly Option<bool> _noDate = new("--no-date") { Description = "Take the order of the file as time" };
    private readonly Option<string[]> _ignore = Names("--ignore", "Columns that are not features");
    private readonly Option<string[]> _category = Names("--category", "Columns of whole numbers that name categories");
    private readonly Option<string[]> _group = Names("--group", "Columns that name the series of a row in a panel, such as country");
    private readonly Option<int?> _horizon =
        CommonOptions.Number<int>("--horizon", "Rows from a row to the one whose value its target is [default: --ahead, else 1]");
    private readonly Option<int?> _ahead =
        CommonOptions.Number<int>("--ahead", "Predict the target this many rows later, within its group [default: 0]");
    private readonly Option<double?> _trainFraction =
        Real("--train-fraction", "Share of the rows to train on, first in time [default: 0.8]");
    private readonly Option<double?> _testFraction = Real("--test-fraction", "Share of the rows held out, last in time [default: 0]");
    private readonly Option<int?> _embargo =
        CommonOptions.Number<int>("--embargo", "Rows, or dates, left out between two splits [default: 0]");
    private readonly Option<int?> _trials = CommonOptions.Number<int>("--trials", "Maximum number of trials [default: 20]");
    private readonly Option<int?> _maxEpochs = CommonOptions.Number<int>("--max-epochs", "Maximum epochs of a trial [default: 100]");
    private readonly Option<int?> _patience =
        CommonOptions.Number<int>("--patience", "Epochs without a better loss that end a trial [default: 10]");
    private readonly Option<string?> _scheduler = Text("--scheduler", "asha, asha-stopping or none [default: asha]");
    private readonly Option<string?> _sampler = Text("--sampler", "tpe, tpe-univariate or random [default: tpe]");
    private readonly Option<long?> _epochBudget = CommonOptions.Number<long>("--epoch-budget", "Maximum epochs of all trials together");
    private readonly Option<double?> _secondsBudget = Real("--seconds-budget", "Seconds after which no new segment starts");
    private readonly Option<double?> _targetLoss = Real("--target-loss", "Stop when validation loss reaches this");
    private readonly Option<long?> _seed = CommonOptions.Number<long>("--seed", "Seed of everything random [default: 0]");
    private readonly Option<string?> _searchSpace =
        Text("--search-space", "JSON file of the hyperparameters that differ from the default search space");

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _target, _executionId, _date, _dateFormat, _noDate, _ignore, _category, _group, _horizon, _ahead, _trainFraction, _testFraction,
            _embargo, _trials, _maxEpochs, _patience, _scheduler, _sampler, _epochBudget, _secondsBudget, _targetLoss, _seed, _searchSpace,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    public StartTraining Read(ParseResult parsed) => new()
    {
        ExecutionId = parsed.GetValue(_executionId),
        Target = parsed.GetValue(_target),
        DateColumn = parsed.GetValue(_date),
        DateFormat = parsed.GetValue(_dateFormat),
        NoDate = parsed.GetValue(_noDate) ? true : null,
        IgnoredColumns = parsed.GetValue(_ignore) is { Length: > 0 } ignored ? ignored : null,
        CategoryColumns = parsed.GetValue(_category) is { Length: > 0 } categories ? categories : null,
        GroupColumns = parsed.GetValue(_group) is { Length: > 0 } groups ? groups : null,
        Horizon = parsed.GetValue(_horizon),
        Ahead = parsed.GetValue(_ahead),
        TrainFraction = parsed.GetValue(_trainFraction),
        TestFraction = parsed.GetValue(_testFraction),
        EmbargoRows = parsed.GetValue(_embargo),
        Trials = parsed.GetValue(_trials),
        MaxEpochs = parsed.GetValue(_maxEpochs),
        Patience = parsed.GetValue(_patience),
        Scheduler = parsed.GetValue(_scheduler),
        Sampler = parsed.GetValue(_sampler),
        EpochBudget = parsed.GetValue(_epochBudget),
        SecondsBudget = parsed.GetValue(_secondsBudget),
        TargetLoss = parsed.GetValue(_targetLoss),
        Seed = parsed.GetValue(_seed),
        SearchSpace = SearchSpaceFile.Read(parsed.GetValue(_searchSpace)),
    };

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true };

    private static Option<double?> Real(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            var token = argument.Tokens[0].Value;
            if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
            argument.AddError($"{name} is '{token}'; it must be a number, with a point for decimals.");
            return null;
        },
    };
}

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
        if (path is null) return null;

        if (!File.Exists(path)) throw new BadInputException($"There is no search space file '{path}'; check --search-space.");

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, SearchDimension>>(File.ReadAllText(path), Json)
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
