using System.CommandLine;
using System.Text.Json;
using MacroCausal.Cli.Commands;
using MacroCausal.Contracts;
using MacroCausal.TestKit;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Cli.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Names => [.. TrainingSettings.All.Select(setting => setting.Name)];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_published_schema_is_what_the_command_prints()
    {
        var printed = await MacroCausalCommand.RunAsync("settings", "--schema");

        printed.ExitCode.ShouldBe(0);
        printed.Output.ShouldBe(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "settings.schema.json")));
        using var schema = JsonDocument.Parse(printed.Output);
        schema.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name)
            .ShouldBe(TrainingSettings.All.Select(setting => setting.Name).Prepend("$schema"));
        schema.RootElement.GetProperty("properties").GetProperty("trials").GetRawText().ReplaceLineEndings("").Replace(" ", "")
            .ShouldBe("""{"description":"Maximumnumberoftrials.","type":"integer","minimum":1,"maximum":1000000,"default":20}""");
    }

    [Fact]
    public async Task Every_setting_is_listed_with_its_option()
    {
        var listed = await MacroCausalCommand.RunAsync("settings");

        listed.ExitCode.ShouldBe(0);
        foreach (var setting in TrainingSettings.All)
        {
            listed.Output.ShouldMatch($@"(?m)^{setting.Name} +{StudyOptions.NameOf(setting)} +{setting.Text.Split(' ')[0]}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_setting_can_be_asked_for_by_an_option_and_by_a_file(string name)
    {
        var setting = TrainingSettings.Find(name)!;
        var (argument, json) = Example(setting);

        var byOption = Read([StudyOptions.NameOf(setting), argument]);
        var byFile = Read(["--settings", Write($$"""{"{{name}}": {{json}}}""")]);

        var property = typeof(StartTraining).GetProperties().Single(other => JsonNamingPolicy.CamelCase.ConvertName(other.Name) == name);
        JsonSerializer.Serialize(property.GetValue(byOption), JsonSerializerOptions.Web).ShouldStartWith(json.TrimEnd('}'));
        JsonSerializer.Serialize(byFile).ShouldBe(JsonSerializer.Serialize(byOption));
        (await MacroCausalCommand.RunAsync("submit", "--help")).Output.ShouldContain(StudyOptions.NameOf(setting) + " ");
        if (!setting.IsForAws)
        {
            (await MacroCausalCommand.RunAsync("train", "--help")).Output.ShouldContain(StudyOptions.NameOf(setting) + " ");
        }
    }

    [Fact]
    public async Task Options_win_over_the_file_and_what_only_AWS_uses_is_said()
    {
        var file = Write(
            """
            {
              // as one likes it
              "$schema": "docs/settings.schema.json",
              "trials": 7, "maxEpochs": 2,
              "goldBucket": "gold",
              "seed": null,
            }
            """);

        var trained = await MacroCausalCommand.RunAsync(
            "train", "--store", Path.Combine(_directory.Path, "store"), "--settings", file, "--walk-forward", "0",
            "--trials", "2", "--json");

        trained.ExitCode.ShouldBe(0, trained.Errors);
        trained.Json.GetProperty("trials").GetInt32().ShouldBe(2);
        trained.Json.GetProperty("trialEpochs").GetInt32().ShouldBe(4);
        trained.Errors.ShouldContain($"note: --trials 2 wins over 7 from '{file}', line 4");
        trained.Errors.ShouldContain($"note: '{file}', line 5 sets goldBucket, which only 'submit' uses");
    }

    [Theory]
    [InlineData("""{"target": "y", "trails": 5}""", "line 1: there is no setting 'trails'; did you mean 'trials'?")]
    [InlineData(
        "{\n\"target\": \"y\",\n\"trials\": \"many\"}", "line 3: trials is \"many\"; it must be a whole number, from 1 to 1000000.")]
    [InlineData("{\"trials\": 2.5}", "line 1: trials is 2.5; it must be a whole number")]
    [InlineData("{\n\"trials\": 0}", "line 2: trials is 0; it must be from 1 to 1000000.")]
    [InlineData("""{"trainFraction": 1}""", "line 1: trainFraction is 1; it must be above 0 and below 1.")]
    [InlineData("""{"sampler": "tpf"}""", "line 1: sampler is 'tpf'; it must be one of tpe, tpe-univariate, random.")]
    [InlineData("""{"ignoredColumns": "x"}""", "line 1: ignoredColumns is \"x\"; it must be a list of texts.")]
    [InlineData("""{"ignoredColumns": ["x", null]}""", "line 1: ignoredColumns holds null; it must be a list of texts.")]
    [InlineData("""{"noDate": "yes"}""", "line 1: noDate is \"yes\"; it must be true or false.")]
    [InlineData("""{"searchSpace": {"dropuot": {"type": "uniform", "low": 0, "high": 1}}}""", "searchSpace.dropuot is no hyperparameter")]
    [InlineData("""{"searchSpace": {"dropout": {"typ": "uniform"}}}""", "line 1: searchSpace is")]
    [InlineData("{\"seed\": 1,\n\"seed\": 2}", "line 2: seed is given more than once; give it once.")]
    [InlineData("[1]", "line 1: this is no JSON object of settings (it holds no object)")]
    [InlineData("{\"seed\": 1,\n\"trials\" 2}", "line 2: this is no JSON object of settings")]
    [InlineData("", "line 1: this is no JSON object of settings")]
    public async Task A_file_that_cannot_be_used_is_refused_by_line_and_key(string json, string error)
    {
        var store = Path.Combine(_directory.Path, "store");

        var refused = await MacroCausalCommand.RunAsync("train", "--store", store, "--settings", Write(json), "--json");

        refused.ExitCode.ShouldBe(2, refused.Output);
        refused.Errors.ShouldContain(error);
        refused.Json.GetProperty("error").GetString()!.ShouldContain(error);
        Directory.Exists(store).ShouldBeFalse();
    }

    // An argument of the option, and the same as JSON.
    private (string Argument, string Json) Example(TrainingSetting setting) => setting switch
    {
        { Name: "searchSpace" } => (Write("""{"dropout": {"type": "uniform", "low": 0, "high": 0.5}}""", "space.json"),
            """{"dropout":{"type":"uniform","low":0,"high":0.5}}"""),
        { Names: [.., var last] } => (last, $"\"{last}\""),
        _ when setting.Type == typeof(bool) => ("true", "true"),
        _ when setting.Type == typeof(double) => ("0.25", "0.25"),
        _ when setting.Type == typeof(string) => ("word", "\"word\""),
        _ when setting.Type == typeof(IReadOnlyList<string>) => ("word", "[\"word\"]"),
        _ => ("3", "3"),
    };

    private static StartTraining Read(string[] arguments)
    {
        var options = new StudyOptions(isForAws: true);
        var command = new Command("study");
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        return options.Read(parsed);
    }

    private string Write(string json, string name = "settings.json")
    {
        var path = Path.Combine(_directory.Path, name);
        File.WriteAllText(path, json);
        return path;
    }
}
