using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Starting;
using MacroCausal.Contracts;
using MacroCausal.Dashboard.Starting;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Cli.Tests.Starting;

public sealed class TrainFormTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TrainForm _form = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("trials", "--trials", "x")]
    [InlineData("trials", "--trials", "0")]
    [InlineData("trials", "--trials", "-5")]
    [InlineData("seed", "--seed", "99999999999999999999")]
    [InlineData("trainFraction", "--train-fraction", "0,5")]
    [InlineData("trainFraction", "--train-fraction", "0")]
    [InlineData("gracePeriod", "--grace-period", "5000")]
    [InlineData("sampler", "--sampler", "--json")]
    [InlineData("executionId", "--execution-id", "../up")]
    [InlineData("workers", "--workers", "0")]
    [InlineData("clip", "--clip", "NaN")]
    public async Task What_is_wrong_is_said_beside_its_field_as_train_says_it(string name, string option, string value)
    {
        var error = Refused(new() { Values = new Dictionary<string, string?> { [name] = value } }).ShouldHaveSingleItem();

        error.Field.ShouldBe(name);
        (await MacroCausalCommand.RunAsync("train", $"{option}={value}", "--store", _directory.Combine("store"))).Errors
            .ShouldBe("error: " + error.Sentence);
    }

    [Fact]
    public async Task What_is_wrong_with_the_search_space_is_said_beside_its_hyperparameter_as_train_says_it()
    {
        var file = _directory.Combine("space.json");
        await File.WriteAllTextAsync(file, """{"dropout": {"type": "uniform", "low": 0.5, "high": 2}}""");

        var error = Refused(Space("dropout", new("uniform", "0.5", "2", null))).ShouldHaveSingleItem();

        error.Field.ShouldBe("searchSpace.dropout");
        (await MacroCausalCommand.RunAsync("train", "--search-space", file, "--store", _directory.Combine("store"))).Errors
            .ShouldBe("error: " + error.Sentence);
        Refused(Space("batchSize", new("choice", null, null, "32, 64"))).ShouldHaveSingleItem().Field.ShouldBe("searchSpace.batchSize");
        Refused(Space("dropout", new("uniform", "a", "0.5", null)))[0].Sentence.ShouldContain("'a'");
        Refused(Space("momentum", new("uniform", "0", "1", null)))[0].Sentence.ShouldContain("is no hyperparameter");
    }

    [Fact]
    public void Every_setting_that_train_has_is_in_the_form_once_with_the_default_that_train_has()
    {
        var form = _form.Describe(1);

        form.Fields.Select(field => field.Name).ShouldBe(
            [
                .. TrainingSettings.All.Where(setting => !setting.IsForAws).Select(setting => setting.Name)
                    .Except(["searchSpace", "dataSource"]),
                "workers", "device",
            ],
            ignoreOrder: true);
        var defaults = form.Fields.ToDictionary(field => field.Name, field => field.Default);
        var space = form.SearchSpace.ToDictionary(dimension => dimension.Name, dimension => dimension.Default);
        (defaults["trials"], defaults["walkForward"], defaults["temporalFeatures"]).ShouldBe(("20", "4", "auto"));
        var given = Read(new() { Values = Named(defaults), SearchSpace = space });
        SettingsOf(given).ShouldBe(SettingsOf(Read(new() { Values = Named(new()) })));
    }

    [Fact]
    public void What_is_filled_in_is_asked_for()
    {
        var read = Read(new()
        {
            Values = new Dictionary<string, string?>
            {
                ["target"] = "--gdp",
                ["trials"] = " 7",
                ["noDate"] = "true",
                ["ignoredColumns"] = "a, b b",
                ["targetLoss"] = "",
            },
            SearchSpace = Space("batchSize", new("choice", null, null, "[16]")).SearchSpace,
        }).Message;

        (read.Target, read.Trials, read.NoDate, read.TargetLoss).ShouldBe(("--gdp", 7, true, null));
        read.IgnoredColumns.ShouldBe(["a", "b b"]);
        read.SearchSpace!["batchSize"].Choices!.Single().GetInt32().ShouldBe(16);
        Should.Throw<StartRefusedException>(() => Read(new() { Values = new Dictionary<string, string?> { ["store"] = "/" } }));
    }

    private static StartForm Space(string name, FormRange range) =>
        new() { SearchSpace = new Dictionary<string, FormRange> { [name] = range } };

    private static Dictionary<string, string?> Named(Dictionary<string, string?> values) => new(values) { ["executionId"] = "one" };

    private static string SettingsOf(Commands.TrainRequest request) =>
        System.Text.Json.JsonSerializer.Serialize(SettingsCheck.Check(request.Message, EmbeddedStore.Pipeline).Settings);

    private Commands.TrainRequest Read(StartForm asked) => _form.Read(asked, new EmbeddedStore(_directory.Path), "a table");

    private IReadOnlyList<FieldError> Refused(StartForm asked)
    {
        try
        {
            Read(asked);
        }
        catch (StartRefusedException exception)
        {
            return exception.Errors;
        }
        catch (BadInputException exception)
        {
            return _form.ErrorsOf(exception.Reasons);
        }

        return [];
    }
}
