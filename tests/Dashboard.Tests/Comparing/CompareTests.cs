using System.Net;
using System.Text.Json;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Tests.Comparing;

public sealed class CompareTests : IAsyncLifetime
{
    private ServedStore _store = null!;

    public async Task InitializeAsync() => _store = await ServedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Studies_of_the_same_rows_are_compared_and_those_of_others_are_told_apart()
    {
        foreach (var (id, change) in new (string, Func<DataManifest, DataManifest>)[]
        {
            ("first", data => data),
            ("same", data => data with { Features = 99 }),
            ("longer", data => data with { TrainRows = 159 }),
            ("other", data => data with { TargetMean = 3 }),
        })
        {
            await _store.AddStudyAsync(id, "Completed");
            await PrepareAsync(id, change);
        }

        var same = await JsonAsync("/api/compare?id=first&id=same&id=first");
        same.GetProperty("word").GetString().ShouldBe("comparable");
        Column(same, "corrected", "loss").ShouldBe([1.5, 1.5]);
        Column(same, "corrected", "low").ShouldBe([1.0, 1.0]);
        Column(same, "baselines", "mean").ShouldBe([3, 3]);
        Column(same, "winners", "trial").ShouldBe([5, 5]);
        Column(same, "so_far", "study_1").ShouldBe(Column(same, "so_far", "study_0"));
        var alone = await JsonAsync("/api/studies/first");
        Column(same, "so_far", "study_0").ShouldBe(
            alone.GetProperty("row").GetProperty("bestSoFar").EnumerateArray().Select(loss => (double?)loss.GetDouble()));

        Reasons(await JsonAsync("/api/compare?id=first&id=longer")).ShouldBe(
            ["Their losses cannot be compared:", "The number of training rows differs: 158 in first; 159 in longer."]);
        Reasons(await JsonAsync("/api/compare?id=first&id=other&id=same"))[1].ShouldBe(
            "The values of the target differ, so the data or the rows are others: first, same; other stand apart.");
        Reasons(await JsonAsync("/api/compare?id=done-study&id=running-study")).Count.ShouldBe(3);
        Reasons(await JsonAsync("/api/compare?id=first&id=running-study"))[1].ShouldStartWith("The table of running-study is not prepared");
    }

    [Fact]
    public async Task Trials_are_compared_by_their_curves_and_configurations()
    {
        var compared = await JsonAsync("/api/compare?id=done-study&trial=2&trial=5&trial=3&trial=77");

        compared.GetProperty("subtitle").GetString().ShouldBe("There is no trial 77.");
        Column(compared, "trial_curves", "epoch").ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        Column(compared, "trial_curves", "trial_2").Select(loss => Math.Round(loss!.Value, 5)).ShouldBe(
            [.. Enumerable.Range(1, 8).Select(epoch => Math.Round(1.4 + (2.0 / epoch), 5))]);
        var configurations = compared.GetProperty("tables").GetProperty("configurations").GetProperty("columns");
        configurations[0].GetProperty("values")[0].GetString().ShouldBe("learning rate");
        configurations.EnumerateArray().Select(column => column.GetProperty("values")[0].GetString())
            .ShouldBe(["learning rate", "0.003", "0.006", "0.004", "yes"]);
        configurations[3].GetProperty("values").EnumerateArray().Last().GetString().ShouldBe("The runner has no memory left.");
    }

    [Theory]
    [InlineData("?id=done-study", 400)]
    [InlineData("?id=done-study&id=done-study", 400)]
    [InlineData("?id=done-study&trial=1", 400)]
    [InlineData("?id=done-study&id=running-study&trial=1&trial=2", 400)]
    [InlineData("?id=done-study&id=..", 400)]
    [InlineData("?id=done-study&trial=1&trial=x", 400)]
    [InlineData("?id=done-study&trial=0&trial=1&trial=2&trial=3&trial=4&trial=5&trial=6&trial=7&trial=8&trial=9&trial=10", 400)]
    [InlineData("?id=done-study&id=nobody", 404)]
    public async Task What_cannot_be_compared_is_refused(string asked, int status)
    {
        using var answer = await _store.SendAsync(HttpMethod.Get, "/api/compare" + asked);

        ((int)answer.StatusCode).ShouldBe(status);
    }

    private async Task PrepareAsync(string id, Func<DataManifest, DataManifest> change)
    {
        var file = new ObjectReference("s3://artifacts/file", "hash");
        var study = StudyDocument.Read((await _store.Studies.FindStudyAsync(id))!);
        study.Data = change(new DataManifest
        {
            Train = file,
            Validation = file,
            Scaler = file,
            Profile = file,
            Features = 8,
            TrainRows = 158,
            ValidationRows = 40,
            TestRows = 0,
            TargetMean = 2,
            TargetScale = 1,
            Baselines = new Dictionary<string, double> { ["mean"] = 3, ["ar"] = 2 },
        });
        study.Completed = study.Completed! with
        {
            Verdict = study.Completed.Verdict! with { CorrectedLoss = 1.5, CorrectedInterval = new(1, 2) },
        };
        (await _store.Studies.TryReplaceStudyAsync(StudyDocument.Next(study)!)).ShouldBeTrue();
    }

    private static List<double?> Column(JsonElement report, string table, string name) =>
    [
        .. report.GetProperty("tables").GetProperty(table).GetProperty("columns").EnumerateArray()
            .Single(column => column.GetProperty("name").GetString() == name).GetProperty("values").EnumerateArray()
            .Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble()),
    ];

    private static List<string?> Reasons(JsonElement report) =>
        [.. report.GetProperty("sections")[0].GetProperty("text").EnumerateArray().Select(text => text.GetString())];

    private async Task<JsonElement> JsonAsync(string address)
    {
        using var answer = await _store.SendAsync(HttpMethod.Get, address);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
