using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MacroCausal.Dashboard.Starting;

namespace MacroCausal.Dashboard.Tests.Starting;

public sealed class StartTests : IAsyncLifetime
{
    private ServedStore _store = null!;

    public async Task InitializeAsync() => _store = await ServedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task What_is_filled_in_and_the_table_reach_whoever_starts_studies()
    {
        using var plain = await StartAsync(Form(
            """{"values": {"trials": "3"}, "path": "/a.csv", "searchSpace": {"dropout": {"type": "x"}}}"""));
        (await plain.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("executionId").GetString().ShouldBe(ServedStore.Running);
        using var uploaded = await StartAsync(Form("{}", table: new string('x', (int)RecordedStarter.MaxUploadBytes)));
        uploaded.StatusCode.ShouldBe(HttpStatusCode.OK);

        var (asked, name, table) = _store.Starter.Started[0];
        (asked.Values["trials"], asked.Path, asked.SearchSpace["dropout"].Type, name, table).ShouldBe(("3", "/a.csv", "x", null, null));
        (_, name, table) = _store.Starter.Started[1];
        (name, table!.Length).ShouldBe(("../../a.csv", (int)RecordedStarter.MaxUploadBytes));
    }

    [Fact]
    public async Task Reasons_come_with_their_fields_and_as_text()
    {
        using var refused = await StartAsync(Form("""{"values": {"target": "<script>\u202E"}}"""));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0];
        error.GetProperty("field").GetString().ShouldBe("target");
        error.GetProperty("sentence").GetString()!.ShouldStartWith("<script>");
        error.GetProperty("sentence").GetString()!.ShouldNotContain('\u202E');
    }

    [Fact]
    public async Task A_table_or_settings_that_are_too_large_are_refused()
    {
        using var table = await StartAsync(Form("{}", table: new string('x', (int)RecordedStarter.MaxUploadBytes + 1)));
        (table.StatusCode, await table.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.RequestEntityTooLarge,
            "The table is larger than 2000 bytes; put a large table on this machine and give its path.\n"));
        using var settings = await StartAsync(Form($$"""{"path": "{{new string('x', 300_000)}}"}"""));
        settings.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        _store.Starter.Started.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no json", "settings", 400)]
    [InlineData("null", "settings", 400)]
    [InlineData("{}", "other", 400)]
    public async Task What_is_no_form_is_refused(string json, string name, int status)
    {
        using var answer = await StartAsync(new MultipartFormDataContent { { new StringContent(json), name } });

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Another_kind_of_content_is_refused_and_a_form_that_is_cut_off_starts_nothing()
    {
        using var json = await StartAsync(new StringContent("{}", Encoding.UTF8, "application/json"));
        json.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var cut = new StringContent("--x\r\nContent-Disposition: form-data; name=settings\r\n\r\n{}\r\n--x\r\n"
            + "Content-Disposition: form-data; name=table; filename=a.csv\r\n\r\na,b\n1,");
        cut.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "x") } };
        using var part = await StartAsync(cut);
        part.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _store.Starter.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_no_study_can_be_started_there_is_no_form()
    {
        await using var other = await DashboardServer.StartAsync(new DashboardOptions
        {
            Store = "store",
            Studies = _store.Studies,
            Objects = _store.Objects,
            Models = _store.Models,
            Changes = _store.Changes,
            Actions = _store.Actions,
        });
        using var client = new HttpClient();
        (await client.GetAsync(other.Link)).EnsureSuccessStatusCode();

        (await client.GetAsync(new Uri(other.Address, "/api/form"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetStringAsync(other.Address)).ShouldContain("<meta name=\"starts\" content=\"False\">");
    }

    private static MultipartFormDataContent Form(string settings, string? table = null)
    {
        var form = new MultipartFormDataContent { { new StringContent(settings), "settings" } };
        if (table is not null) form.Add(new StringContent(table), "table", "../../a.csv");
        return form;
    }

    private Task<HttpResponseMessage> StartAsync(HttpContent content) =>
        _store.SendAsync(HttpMethod.Post, "/api/start", request => request.Content = content);
}
