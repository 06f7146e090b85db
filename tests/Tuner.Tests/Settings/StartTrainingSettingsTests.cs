using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using MacroCausal.Hosting;
using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using MacroCausal.TestKit;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Tuner.Tests.Settings;

/// <summary>Every setting of StartTraining is completed, checked and documented; one that was forgotten somewhere fails here.</summary>
public sealed class StartTrainingSettingsTests
{
    private static readonly PipelineOptions Environment =
        new() { ExecutionId = "from-environment", GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" };

    private static readonly IReadOnlyDictionary<string, SearchDimension> Space =
        new SortedDictionary<string, SearchDimension>(Hyperparameters.Default.ToDictionary(), StringComparer.Ordinal)
        {
            ["dropout"] = new() { Type = "uniform", Low = 0, High = 0.5 },
        };

    /// <summary>
    /// By property: a value that is allowed and not the default, and one that is refused; none where every value is allowed.
    /// </summary>
    private static readonly Dictionary<string, (object Allowed, object? Refused)> Examples = new(StringComparer.Ordinal)
    {
        [nameof(StartTraining.ExecutionId)] = ("study-1", ".."),
        [nameof(StartTraining.GoldBucket)] = ("other-gold", ""),
        [nameof(StartTraining.ArtifactsBucket)] = ("other-artifacts", ""),
        [nameof(StartTraining.ModelRegistryTable)] = ("other-models", ""),
        [nameof(StartTraining.Target)] = ("gdp", ""),
        [nameof(StartTraining.DateColumn)] = ("month", ""),
        [nameof(StartTraining.DateFormat)] = ("d/m/Y", ""),
        [nameof(StartTraining.NoDate)] = (true, null),
        [nameof(StartTraining.IgnoredColumns)] = (new[] { "vintage" }, null),
        [nameof(StartTraining.CategoryColumns)] = (new[] { "regime" }, null),
        [nameof(StartTraining.GroupColumns)] = (new[] { "country" }, null),
        [nameof(StartTraining.Horizon)] = (3, 0),
        [nameof(StartTraining.Ahead)] = (12, -1),
        [nameof(StartTraining.TemporalFeatures)] = ("lags,averages", "averages,lags"),
        [nameof(StartTraining.ResidualOf)] = ("ar", "mean"),
        [nameof(StartTraining.Clip)] = (3.0, -1.0),
        [nameof(StartTraining.TrainFraction)] = (0.7, 1.0),
        [nameof(StartTraining.TestFraction)] = (0.1, -0.1),
        [nameof(StartTraining.EmbargoRows)] = (3, -1),
        [nameof(StartTraining.Trials)] = (50, 0),
        [nameof(StartTraining.MaxEpochs)] = (200, 0),
        [nameof(StartTraining.GracePeriod)] = (5, 0),
        [nameof(StartTraining.ReductionFactor)] = (3, 1),
        [nameof(StartTraining.Patience)] = (7, 0),
        [nameof(StartTraining.Scheduler)] = ("none", "hyperband"),
        [nameof(StartTraining.Sampler)] = ("random", "grid"),
        [nameof(StartTraining.Parallelism)] = (8, 0),
        [nameof(StartTraining.Priority)] = (3, 11),
        [nameof(StartTraining.EnsembleSize)] = (5, 0),
        [nameof(StartTraining.WalkForward)] = (4, 21),
        [nameof(StartTraining.Seed)] = (7L, null),
        [nameof(StartTraining.EpochBudget)] = (3000L, 0L),
        [nameof(StartTraining.SecondsBudget)] = (3600.0, 0.0),
        [nameof(StartTraining.TargetLoss)] = (40.0, double.NaN),
        [nameof(StartTraining.SearchSpace)] = (Space, new Dictionary<string, SearchDimension>()),
        [nameof(StartTraining.DataSource)] = ("the vintage of May", null),
    };

    public static TheoryData<string> Names => [.. typeof(StartTraining).GetProperties().Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_of_the_message_is_a_setting_of_the_study(string name)
    {
        Examples.ShouldContainKey(name);
        var (settings, reasons) = SettingsCheck.Check(With(name, Examples[name].Allowed), Environment);

        reasons.ShouldBeEmpty();
        var property = typeof(StudySettings).GetProperty(name).ShouldNotBeNull();
        Json(property.GetValue(settings)).ShouldBe(Json(Examples[name].Allowed));
        Json(property.GetValue(SettingsCheck.Check(new StartTraining(), Environment).Settings)).ShouldNotBe(Json(Examples[name].Allowed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_that_cannot_be_is_refused(string name)
    {
        Examples.ShouldContainKey(name);
        if (Examples[name].Refused is { } refused)
        {
            SettingsCheck.Check(With(name, refused), Environment).Reasons.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Every_setting_of_a_study_can_be_asked_for() =>
        typeof(StudySettings).GetProperties().Select(property => property.Name).Where(name => name != nameof(StudySettings.Fold))
            .ShouldBe(typeof(StartTraining).GetProperties().Select(property => property.Name), ignoreOrder: true);

    [Fact]
    public void Every_setting_has_an_entry_in_the_table_in_the_order_of_the_message() =>
        TrainingSettings.All.Select(setting => setting.Name)
            .ShouldBe(typeof(StartTraining).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));

    [Fact]
    public void Defaults_are_allowed() =>
        TrainingSettings.All.ShouldAllBe(setting => setting.Refusal(setting.Default) == null);

    [Fact]
    public void The_names_of_samplers_and_schedulers_are_documented()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "messages.md"));

        NamesIn(text, "sampler").ShouldBe(KnownSamplers.Table.Names);
        NamesIn(text, "scheduler").ShouldBe(KnownSchedulers.Table.Names);
    }

    [Fact]
    public void The_defaults_are_the_first_of_the_samplers_and_schedulers()
    {
        var settings = SettingsCheck.Check(new StartTraining(), Environment).Settings;

        (settings.Sampler, settings.Scheduler).ShouldBe((KnownSamplers.Table.Names[0], KnownSchedulers.Table.Names[0]));
    }

    private static IEnumerable<string> NamesIn(string text, string field)
    {
        var row = Regex.Match(text, $@"^\| `{field}` \| string, optional \| (.*) \|$", RegexOptions.Multiline).Groups[1].Value;
        return Regex.Matches(row, "`([a-z-]+)`").Select(match => match.Groups[1].Value);
    }

    private static StartTraining With(string name, object value)
    {
        var message = new StartTraining();
        typeof(StartTraining).GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!.SetValue(message, value);
        return message;
    }

    private static string Json(object? value) => JsonSerializer.Serialize(value);
}
