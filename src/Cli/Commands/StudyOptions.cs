using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MacroCausal.Cli.Commands;

/// <summary>The options that say what a study is asked for; <c>train</c> and <c>submit</c> share them.</summary>
internal sealed class StudyOptions
{
    private readonly Option<string?> _target = new("--target") { Description = "Column to predict [default: target]" };
    private readonly Option<string?> _executionId = new("--execution-id") { Description = "Id of the study [default: made of the time]" };
    private readonly Option<int?> _trials = CommonOptions.Number<int>("--trials", "Maximum number of trials [default: 20]");
    private readonly Option<int?> _maxEpochs = CommonOptions.Number<int>("--max-epochs", "Maximum epochs of a trial [default: 100]");
    private readonly Option<long?> _seed = CommonOptions.Number<long>("--seed", "Seed of everything random [default: 0]");
    private readonly Option<string?> _searchSpace = new("--search-space")
    {
        Description = "JSON file of the hyperparameters that differ from the default search space",
    };

    public void AddTo(Command command)
    {
        command.Add(_target);
        command.Add(_executionId);
        command.Add(_trials);
        command.Add(_maxEpochs);
        command.Add(_seed);
        command.Add(_searchSpace);
    }

    public StartTraining Read(ParseResult parsed) => new()
    {
        ExecutionId = parsed.GetValue(_executionId),
        Target = parsed.GetValue(_target),
        Trials = parsed.GetValue(_trials),
        MaxEpochs = parsed.GetValue(_maxEpochs),
        Seed = parsed.GetValue(_seed),
        SearchSpace = SearchSpaceFile.Read(parsed.GetValue(_searchSpace)),
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
