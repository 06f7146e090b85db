using Deque.AxeCore.Playwright;
using MacroCausal.Cli.Commands;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Starting;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Browser;
using Microsoft.Playwright;

namespace MacroCausal.Cli.Tests.Starting;

/// <summary>A person fills in the form, and a study is trained.</summary>
[Trait("Category", "Slow")]
public sealed class StartInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _messages = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_study_is_started_from_the_form_is_seen_to_end_and_has_a_report()
    {
        var store = new EmbeddedStore(_directory.Combine("store"));
        using (EmbeddedStores.Open(store))
        {
        }

        await using var dashboard = await StoreDashboard.StartAsync(store, 0, new StudyStarter(store, _ => { }), default);
        var page = await chromium.OpenAsync(dashboard.Link, 1280, _messages);
        await page.GetByText("Start", new() { Exact = true }).ClickAsync();
        await page.WaitForSelectorAsync("#field-trials");
        await FillAsync(page, ("executionId", "<b>"), ("trials", "none"), ("maxEpochs", "6"));
        await page.Locator("summary").First.ClickAsync();
        await FillAsync(page, ("walkForward", "0"), ("workers", "1"));
        await StartAsync(page);

        await page.WaitForSelectorAsync("[aria-invalid]");
        (await page.Locator("#field-trials-error").TextContentAsync())
            .ShouldBe("--trials is 'none'; it must be a whole number, at most 2147483647.");
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("field-trials");
        await FillAsync(page, ("trials", "3"));
        await StartAsync(page);
        await Chromium.UntilAsync(
            page, "document.getElementById('field-executionId-error').textContent.startsWith(\"The execution id '<b>'\")");
        await FillAsync(page, ("executionId", "from-the-form"), ("target", "<script>alert(1)</script>"));
        await StartAsync(page);
        await Chromium.UntilAsync(
            page, "document.getElementById('field-target-error').textContent.includes(\"no column '<script>alert(1)\")");
        foreach (var width in new[] { 1280, 360 })
        {
            await page.SetViewportSizeAsync(width, 900);
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(width);
            (await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Nodes[0].Html}").ShouldBeEmpty();
        }

        _messages.RemoveAll(message => message.Contains("422", StringComparison.Ordinal));
        _messages.ShouldBeEmpty();

        await FillAsync(page, ("target", ""));
        await page.GetByLabel("a file to upload").CheckAsync();
        var table = _directory.Combine("sample.csv");
        (await MacroCausalCommand.RunAsync("sample", "--out", table)).ExitCode.ShouldBe(0);
        await page.GetByLabel("Table to upload").SetInputFilesAsync(table);
        await StartAsync(page);
        await page.WaitForSelectorAsync(".facts dd, .error:not(:empty)");
        (await page.Locator(".error:not(:empty)").AllTextContentsAsync()).ShouldBeEmpty();
        page.Url.ShouldEndWith("/studies/from-the-form");
        await Chromium.UntilAsync(page, "[...document.querySelectorAll('.facts dd')].some((fact) => fact.textContent === 'Completed')");
        await page.GetByText("The report", new() { Exact = true }).ClickAsync();
        await page.WaitForSelectorAsync("html[data-ready]");

        (await page.Locator("h1").TextContentAsync()).ShouldBe("Study from-the-form");
        _messages.ShouldBeEmpty();
    }

    private static async Task FillAsync(IPage page, params (string Field, string Text)[] fields)
    {
        foreach (var (field, text) in fields)
        {
            await page.Locator("#field-" + field).FillAsync(text);
        }
    }

    private static Task StartAsync(IPage page) => page.Locator("button[type=submit]").ClickAsync();
}
