using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Dashboard.Tests;

public sealed class DashboardServerTests : IAsyncLifetime
{
    private ServedStore _store = null!;

    public async Task InitializeAsync() => _store = await ServedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task The_list_says_of_every_study_how_it_stands()
    {
        var studies = await JsonAsync("/api/studies");

        studies.EnumerateArray().Select(study => study.GetProperty("summary").GetProperty("executionId").GetString())
            .ShouldBe([ServedStore.Done, ServedStore.Running], ignoreOrder: true);
        var running = studies.EnumerateArray().Single(study => !study.GetProperty("isOver").GetBoolean());
        running.GetProperty("summary").GetProperty("trialsDone").GetInt32().ShouldBe(8);
        var best = running.GetProperty("bestSoFar").EnumerateArray().Select(loss => loss.GetDouble()).ToList();
        best.ShouldBe(best.OrderDescending());
        best[^1].ShouldBe(running.GetProperty("summary").GetProperty("bestLoss").GetDouble());
        var done = studies.EnumerateArray().Single(study => study.GetProperty("isOver").GetBoolean());
        done.GetProperty("summary").GetProperty("verdict").GetString().ShouldBe("better");
        done.GetProperty("endedAt").GetDateTimeOffset().ShouldBe(Records.Start.AddSeconds(95));
    }

    [Fact]
    public async Task A_fold_stands_in_the_row_of_its_study_and_has_a_page_of_its_own()
    {
        await _store.AddStudyAsync("done-study/walk-forward/1", "Searching");
        var studies = await JsonAsync("/api/studies");

        studies.GetArrayLength().ShouldBe(2);
        studies.EnumerateArray().SelectMany(study => study.GetProperty("folds").EnumerateArray()).ShouldHaveSingleItem();
        (await JsonAsync("/api/studies/done-study/walk-forward/1")).GetProperty("canCancel").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_study_that_runs_shows_who_trains_what_and_a_study_that_is_over_its_report()
    {
        var running = await JsonAsync("/api/studies/running-study");
        var figures = await JsonAsync("/api/figures/running-study");

        running.GetProperty("canCancel").GetBoolean().ShouldBeTrue();
        running.GetProperty("canDelete").GetBoolean().ShouldBeFalse();
        running.GetProperty("hasReport").GetBoolean().ShouldBeFalse();
        figures.GetProperty("sections").EnumerateArray().Select(section => section.GetProperty("id").GetString())
            .ShouldBe(["running", "history", "curves", "rungs", "search", "failures"]);
        var runners = figures.GetProperty("tables").GetProperty("running").GetProperty("columns").EnumerateArray()
            .Single(column => column.GetProperty("name").GetString() == "runner").GetProperty("values");
        runners.EnumerateArray().Select(runner => runner.GetString()).ShouldBe(["runner-1"]);
        var done = await JsonAsync("/api/studies/done-study");
        done.GetProperty("canDelete").GetBoolean().ShouldBeTrue();
        using var report = await _store.SendAsync(HttpMethod.Get, "/reports/done-study");
        (await report.Content.ReadAsStringAsync()).ShouldContain("<title>Study done-study</title>");
        using var none = await _store.SendAsync(HttpMethod.Get, "/reports/running-study");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/api/studies")]
    [InlineData("/api/studies/running-study")]
    [InlineData("/api/figures/running-study")]
    [InlineData("/api/models")]
    [InlineData("/dashboard.js")]
    public async Task What_a_browser_has_already_is_not_sent_again_until_it_changes(string address)
    {
        using var first = await _store.SendAsync(HttpMethod.Get, address);
        var tag = first.Headers.ETag!;
        using var again = await _store.SendAsync(HttpMethod.Get, address, request => request.Headers.IfNoneMatch.Add(tag));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        if (address is "/dashboard.js" or "/api/models") return;

        var events = await FollowAsync();
        await _store.AddEpochAsync(ServedStore.Running, 8, 2, 0.5);
        await events.WaitForAsync("studies/running-study");
        using var changed = await _store.SendAsync(HttpMethod.Get, address, request => request.Headers.IfNoneMatch.Add(tag));
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_stream_tells_what_has_changed_and_goes_on_where_it_was_left()
    {
        var events = await FollowAsync();
        events.First.Changed.ShouldBeNull("a page that is new knows nothing");

        await _store.AddEpochAsync(ServedStore.Running, 8, 2);
        var seen = await events.WaitForAsync("studies/running-study");
        seen.Changed.ShouldBe(["studies", "studies/running-study"]);
        await _store.Models.SetStatusAsync("model_done-study", "PRODUCTION");
        await events.WaitForAsync("models");

        var resumed = await FollowAsync(seen.Id);
        resumed.First.Changed.ShouldBe(["models"]);
        var strange = await FollowAsync(1000);
        strange.First.Changed.ShouldBeNull("that event is none of this process");
    }

    [Fact]
    public async Task What_is_asked_for_is_done_once_and_a_refusal_says_why()
    {
        using var cancelled = await _store.SendAsync(HttpMethod.Post, "/api/cancel/running-study");
        (await ReadAsync(cancelled)).GetProperty("sentence").GetString().ShouldBe("running-study has ended");
        using var deleted = await _store.SendAsync(HttpMethod.Post, "/api/delete/done-study");
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var again = await _store.SendAsync(HttpMethod.Post, "/api/delete/done-study");
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await again.Content.ReadAsStringAsync()).ShouldBe("There is no study 'done-study'.\n");
        _store.Actions.Asked.ShouldBe(["cancel running-study False", "delete done-study", "delete done-study"]);
        using var gone = await _store.SendAsync(HttpMethod.Get, "/api/studies/done-study");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_two_who_change_what_they_saw_of_a_model_one_is_refused()
    {
        const string Model = "model_" + ServedStore.Done;
        Task<HttpResponseMessage> AskAsync(string what, string seen) => _store.SendAsync(HttpMethod.Post, $"/api/{what}/{Model}",
            request => request.Content = JsonContent.Create(new { seen }));

        using var promoted = await AskAsync("promote", "TRAINED");
        (await ReadAsync(promoted)).GetProperty("sentence").GetString().ShouldBe($"{Model} is PRODUCTION");
        using var late = await AskAsync("promote", "TRAINED");
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var nothingSeen = await AskAsync("demote", null!);
        nothingSeen.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync("/api/models"))[0].GetProperty("status").GetString().ShouldBe("PRODUCTION");

        using var demoted = await AskAsync("demote", "PRODUCTION");
        demoted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JsonAsync("/api/models"))[0].GetProperty("isPromoted").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_pages_ask_for_is_described()
    {
        var paths = (await JsonAsync("/api/openapi.json")).GetProperty("paths").EnumerateObject().Select(path => path.Name);

        paths.ShouldBe(
            [
                "/api/studies", "/api/studies/{id}", "/api/figures/{id}", "/api/models", "/api/events", "/api/cancel/{id}",
                "/api/delete/{id}", "/api/promote/{id}", "/api/demote/{id}", "/api/form", "/api/start",
                "/api/compare",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_remedy()
    {
        var options = new DashboardOptions
        {
            Port = _store.Address.Port,
            Store = "store",
            Studies = _store.Studies,
            Objects = _store.Objects,
            Models = _store.Models,
            Changes = _store.Changes,
            Actions = _store.Actions,
        };

        (await Should.ThrowAsync<PortRefusedException>(() => DashboardServer.StartAsync(options))).Message
            .ShouldBe($"Port {options.Port} of this machine is taken; end what uses it, name another, or name none for a free one.");
    }

    private async Task<JsonElement> JsonAsync(string address)
    {
        using var answer = await _store.SendAsync(HttpMethod.Get, address);
        return await ReadAsync(answer);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private Task<EventReader> FollowAsync(long? after = null) => EventReader.OpenAsync(_store, after);
}
