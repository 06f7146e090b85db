using System.Text.Json;
using Deque.AxeCore.Playwright;
using MacroCausal.TestKit.Browser;
using Microsoft.Playwright;

namespace MacroCausal.Dashboard.Tests.Browser;

[Trait("Category", "Slow")]
public sealed class DashboardInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly List<string> _messages = [];
    private const string Compared = "/compare?id=done-study&id=running-study";
    private ServedStore _store = null!;

    public async Task InitializeAsync() => _store = await ServedStore.StartAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Theory]
    [InlineData(360, true)]
    [InlineData(1280, false)]
    public async Task Every_page_fits_says_nothing_on_the_console_and_anybody_can_use_it(int width, bool isDark)
    {
        await _store.AddStudyAsync("done-study/walk-forward/1", "Completed");
        var page = await chromium.OpenAsync(_store.Link, width, _messages, isDark);
        foreach (var address in isDark
            ? ["/", "/studies/done-study", "/start", Compared]
            : new[] { "/", "/models", "/studies/running-study", "/start", Compared })
        {
            if (address != "/")
            {
                await OpenAsync(page, address);
            }

            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(width, address);
            var violations = (await page.RunAxe()).Violations;
            violations.Select(violation => $"{address} {violation.Id}: {violation.Nodes[0].Html}").ShouldBeEmpty();
        }

        _messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_drawn_is_what_was_computed_and_an_epoch_that_is_written_appears()
    {
        var page = await OpenStudyAsync(ServedStore.Running);
        (await DrawnAsync(page, "learning-curves", "curves")).ShouldBe(await ColumnsAsync("epochs", "epoch", "validation_loss"));
        (await DrawnAsync(page, "history-trials", "best")).ShouldBe(await ColumnsAsync("history", "ended", "best"));
        (await DrawnAsync(page, "rung-table", "promoted")).ShouldBe(await ColumnsAsync("rungs", "promoted"));
        var chart = await page.EvaluateHandleAsync("macrocausal.charts.get('learning-curves')");

        await _store.AddEpochAsync(ServedStore.Running, 8, 2, 0.25);

        await Chromium.UntilAsync(
            page,
            "macrocausal.charts.get('learning-curves').getOption().series.find((one) => one.id === 'curves')"
                + ".data.at(-1).coords.length > 1");
        (await DrawnAsync(page, "learning-curves", "curves")).ShouldBe(await ColumnsAsync("epochs", "epoch", "validation_loss"));
        (await DrawnAsync(page, "history-trials", "best"))[^1].ShouldBe(0.25);
        (await page.EvaluateAsync<bool>("(chart) => chart === macrocausal.charts.get('learning-curves')", chart))
            .ShouldBeTrue("a chart is drawn anew in its place");
        (await page.Locator("#running-trials td").AllTextContentsAsync()).ShouldContain("runner-1");
        _messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_keyboard_alone_cancels_a_study_and_the_page_shows_that_it_has_ended()
    {
        var page = await OpenStudyAsync(ServedStore.Running);
        await TabToAsync(page, "Cancel...");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        _store.Actions.Asked.ShouldBeEmpty();

        await TabToAsync(page, "Cancel...");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "Cancel it");
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForSelectorAsync(".word.cancelled");
        await Chromium.UntilAsync(page, "document.querySelector('.says').textContent === 'running-study has ended'");
        _store.Actions.Asked.ShouldBe(["cancel running-study False"]);
        (await page.GetByText("Cancel...", new() { Exact = true }).IsVisibleAsync()).ShouldBeFalse();
        (await page.GetByText("Delete...", new() { Exact = true }).IsVisibleAsync()).ShouldBeTrue();
        _messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_keyboard_alone_promotes_a_model_and_demotes_it_and_a_late_page_is_refused()
    {
        const string Model = "model_" + ServedStore.Done;
        var page = await chromium.OpenAsync(_store.Link, 1280, _messages);
        await OpenAsync(page, "/models");
        await TabToAsync(page, "Promote...");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        _store.Actions.Asked.ShouldBeEmpty();

        foreach (var (verb, status) in new[] { ("Promote", "PRODUCTION"), ("Demote", "TRAINED") })
        {
            await TabToAsync(page, verb + "...");
            await page.Keyboard.PressAsync("Enter");
            await TabToAsync(page, verb + " it");
            await page.Keyboard.PressAsync("Enter");
            await Chromium.UntilAsync(page, $"document.querySelector('.says').textContent === '{Model} is {status}'");
            await Chromium.UntilAsync(page, $"[...document.querySelectorAll('td')].some((cell) => cell.textContent === '{status}')");
        }

        await page.GetByText("Promote...", new() { Exact = true }).ClickAsync();
        await _store.Models.SetStatusAsync(Model, "SHADOW");
        await page.GetByText("Promote it", new() { Exact = true }).ClickAsync();
        await Chromium.UntilAsync(page, "document.querySelector('.says').textContent.endsWith('is no more TRAINED.')");
        (await _store.Models.FindAsync(Model))!.Status.ShouldBe("SHADOW");
        _messages.ShouldHaveSingleItem("the browser itself reports the refusal").ShouldContain("409");
    }

    [Fact]
    public async Task The_keyboard_alone_compares_studies_and_trials_of_one()
    {
        var page = await chromium.OpenAsync(_store.Link, 1280, _messages);
        foreach (var id in new[] { ServedStore.Done, ServedStore.Running })
        {
            await page.GetByLabel($"Compare {id}").FocusAsync();
            await page.Keyboard.PressAsync("Space");
        }

        await _store.AddEpochAsync(ServedStore.Running, 8, 2);
        await page.GetByText("Compare 2 studies").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#best-so-far-curves .chart[data-drawn]");
        (await page.Locator(".word").First.TextContentAsync()).ShouldBe("not comparable");
        (await page.Locator("#outcomes p").AllTextContentsAsync()).ShouldContain("Their losses cannot be compared:");

        await OpenAsync(page, "/studies/" + ServedStore.Done);
        await page.GetByLabel("Compare 2 to 10 trials").FillAsync("2");
        await page.Keyboard.PressAsync("Enter");
        (await page.Locator(".compared .error").TextContentAsync()).ShouldStartWith("Name 2 to 10 trials");
        await page.GetByLabel("Compare 2 to 10 trials").FillAsync("2, 5");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#trial-curve-lines .chart[data-drawn]");
        (await DrawnAsync(page, "trial-curve-lines", "trial_2")).Where((_, place) => place % 2 == 0).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        _messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_study_appears_in_the_list_and_fills_as_it_goes()
    {
        var page = await chromium.OpenAsync(_store.Link, 1280, _messages);
        await _store.AddStudyAsync("late-study", "Searching", trials: 0);
        await page.GetByText("late-study").ClickAsync();
        await page.WaitForSelectorAsync("html[data-ready] .facts dd");
        (await page.Locator("#learning-curves").CountAsync()).ShouldBe(0);

        await _store.Studies.TryAddTrialAsync(TestKit.Stores.Records.Trial(0, executionId: "late-study"));
        await _store.AddEpochAsync("late-study", 0, 1);

        await page.WaitForSelectorAsync("#learning-curves .chart[data-drawn]");
        _messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_odd_in_a_store_is_shown_as_text()
    {
        string[] odd = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u202Etxt.exe\u2066", new('x', 10_000)];
        foreach (var (index, text) in odd.Index())
        {
            await _store.AddStudyAsync(text, "Failed", odd: text);
            await _store.AddStudyAsync($"odd-{index}", "Failed", odd: text);
            await _store.Models.TryAddAsync(TestKit.Stores.Records.Model(text, executionId: text, status: text));
        }

        var page = await chromium.OpenAsync(_store.Link, 1280, _messages);
        var shown = Array.ConvertAll(odd, Reporting.Documents.ShownTextConverter.Of);
        shown.Except(await page.Locator("td a").AllTextContentsAsync()).ShouldBeEmpty();
        await OpenAsync(page, "/models");
        shown.Except(await page.Locator("td").AllTextContentsAsync()).ShouldBeEmpty();
        foreach (var (index, text) in shown.Index())
        {
            await OpenAsync(page, $"/studies/odd-{index}");
            (await page.Locator(".reason").AllTextContentsAsync()).ShouldBe([text]);
            (await page.Locator("#failure-table td").AllTextContentsAsync()).ShouldContain(text);
            (await page.Locator("#dashboard script, #dashboard img").CountAsync()).ShouldBe(0);
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(1280);
        }

        shown[2].ShouldNotContain('\u202E');
        shown[3].Length.ShouldBeLessThan(3000);
        _messages.ShouldBeEmpty();
    }

    private async Task<IPage> OpenStudyAsync(string id)
    {
        var page = await chromium.OpenAsync(_store.Link, 1280, _messages);
        await OpenAsync(page, "/studies/" + id);
        return page;
    }

    private async Task OpenAsync(IPage page, string address)
    {
        await page.GotoAsync(new Uri(_store.Address, address).ToString());
        await page.WaitForSelectorAsync("html[data-ready]");
    }

    private static async Task TabToAsync(IPage page, string text)
    {
        for (var stops = 0; stops < 60; stops++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string?>("document.activeElement?.textContent") == text) return;
        }

        throw new InvalidOperationException($"The keyboard does not reach '{text}'.");
    }

    // The numbers of a series of a chart, one after the other, whatever way ECharts holds them.
    private static async Task<double[]> DrawnAsync(IPage page, string figure, string series)
    {
        var json = await page.EvaluateAsync<string>(
            """
            ([figure, series]) => JSON.stringify(
              macrocausal.charts.get(figure).getOption().series.find((one) => one.id === series).data
                .flatMap((item) => item?.coords?.flat() ?? item?.value ?? item))
            """,
            new[] { figure, series });
        return JsonSerializer.Deserialize<double[]>(json)!;
    }

    // Cells of columns of a table, row by row, as the server computes them.
    private async Task<double[]> ColumnsAsync(string table, params string[] names)
    {
        using var answer = await _store.SendAsync(HttpMethod.Get, "/api/figures/" + ServedStore.Running);
        var columns = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement
            .GetProperty("tables").GetProperty(table).GetProperty("columns").EnumerateArray()
            .ToDictionary(column => column.GetProperty("name").GetString()!, column => column.GetProperty("values"));
        return
        [
            .. Enumerable.Range(0, columns[names[0]].GetArrayLength())
                .SelectMany(row => names.Select(name => columns[name][row].GetDouble())),
        ];
    }
}
