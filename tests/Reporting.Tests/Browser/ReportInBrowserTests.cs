using System.Text.Json;
using Deque.AxeCore.Playwright;
using MacroCausal.Reporting.Documents;
using MacroCausal.TestKit.Browser;
using MacroCausal.TestKit.Stores;
using Microsoft.Playwright;

namespace MacroCausal.Reporting.Tests.Browser;

[Trait("Category", "Slow")]
public sealed class ReportInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _messages = [];
    private readonly Report _report = StudyReport.Of(SimulatedStudy.Completed());

    private IEnumerable<Figure> Charts => _report.Sections.SelectMany(section => section.Figures).Where(figure => figure.Plot is not null);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(360, false)]
    [InlineData(1280, true)]
    public async Task Every_chart_is_drawn_without_a_message_and_anybody_can_use_the_page(int width, bool isDark)
    {
        var page = await OpenAsync(_report, width, isDark);

        var drawn = await page.Locator(".chart[data-drawn]:has(canvas)").CountAsync();
        drawn.ShouldBe(Charts.Count());
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(width, "nothing is wider than the page");
        foreach (var toggle in await page.GetByText("Figures", new() { Exact = true }).AllAsync())
        {
            await toggle.ClickAsync();
        }

        var violations = (await page.RunAxe()).Violations;
        violations.Select(violation => $"{violation.Id}: {violation.Nodes[0].Html}").ShouldBeEmpty();
        _messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_drawn_is_what_was_computed()
    {
        var page = await OpenAsync(_report, 1280);

        (await DrawnAsync(page, "history-trials", "trials")).ShouldBe(Pairs("history-trials", "ended", "loss"));
        (await DrawnAsync(page, "history-trials", "best")).ShouldBe(Pairs("history-trials", "ended", "best"));
        (await DrawnAsync(page, "learning-curves", "curves")).ShouldBe(Pairs("learning-curves", "epoch", "validation_loss"));
        (await DrawnAsync(page, "slices", "learning_rate")).ShouldBe(Pairs("slices", "learning_rate", "loss"));
        (await DrawnAsync(page, "autocorrelation", "correlation")).ShouldBe(Column("autocorrelation", "correlation"));
        (await DrawnAsync(page, "importance", "share")).ShouldBe(Column("importance", "share"));
        (await DrawnAsync(page, "rung-table", "promoted")).ShouldBe(Column("rung-table", "promoted"));
        (await DrawnAsync(page, "partial-dependence", "rate")).ShouldBe(
            Column("partial-dependence", "value").Zip(Column("partial-dependence", "forecast")).Where(pair => !double.IsNaN(pair.First))
                .SelectMany(pair => new[] { pair.First, pair.Second }));
        (await DrawnAsync(page, "feature-importance", "values")).Where((_, index) => index % 2 == 0)
            .ShouldBe(Column("feature-importance", "increase").Take(25));
        (await DrawnAsync(page, "segments", "segments")).Where((_, index) => index % 4 is 0 or 2).ShouldBe(
            Column("segments", "start").Zip(Column("segments", "end")).SelectMany(pair => new[] { pair.First, pair.Second }));
        (await DrawnAsync(page, "forecast-lines", "band-low")).Where((_, index) => index % 2 == 1)
            .ShouldBe(Column("forecast-lines", "walk_forward_low"));
        var forecasts = await DrawnAsync(page, "forecast-lines", "model");
        forecasts.Where((_, index) => index % 2 == 1).ShouldBe(Column("forecast-lines", "model"));
    }

    [Fact]
    public async Task The_keyboard_reaches_every_figure_and_a_trial_that_is_chosen_stands_out_in_all_charts()
    {
        var page = await OpenAsync(_report, 1280);
        foreach (var figure in Charts)
        {
            await page.Locator($"#{figure.Id} .chart").FocusAsync();
            await page.Keyboard.PressAsync("End");
            var readout = await page.Locator($"#{figure.Id} .readout").TextContentAsync();
            readout.ShouldStartWith(figure.Data.Columns[0].Label, customMessage: figure.Id);
            (await page.Locator($"#{figure.Id} .mark").CountAsync()).ShouldBeGreaterThan(0, figure.Id);
        }

        await page.Locator("#history-trials .chart").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("Enter");

        (await page.Locator(".selection").TextContentAsync())!.ShouldStartWith(
            $"1 trial selected: {Column("history-trials", "trial")[0]}");
        var chosen = await page.EvaluateAsync<int>(
            "macrocausal.charts.get('learning-curves').getOption().series.find(one => one.id === 'selected').data.length");
        chosen.ShouldBe(1);
        await page.Keyboard.PressAsync("Escape");
        (await page.Locator(".selection").IsVisibleAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task The_figures_of_a_chart_are_a_table_and_a_file()
    {
        var page = await OpenAsync(_report, 1280);
        await page.Locator("#history-trials").GetByText("Figures", new() { Exact = true }).ClickAsync();

        (await page.Locator("#history-trials tbody tr").CountAsync()).ShouldBe(Column("history-trials", "loss").Length);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#history-trials").GetByText("CSV").ClickAsync());
        download.SuggestedFilename.ShouldBe("history.csv");
        var lines = (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n");
        lines[0].ShouldBe("trial,ended,loss,best,epochs");
        lines[1..^1].Select(line => double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture))
            .ShouldBe(Column("history-trials", "loss"));
        _messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    public async Task What_is_odd_in_a_study_is_shown_as_text(string odd)
    {
        var page = await OpenAsync(StudyReport.Of(SimulatedStudy.Completed(20, odd)), 1280);

        (await page.Locator("h1").TextContentAsync()).ShouldBe("Study " + odd);
        (await page.Locator("#dropped td").AllTextContentsAsync()).ShouldContain(odd);
        (await page.Locator("#failures td").AllTextContentsAsync()).ShouldContain(odd);
        (await page.Locator("main script, main img").CountAsync()).ShouldBe(0);
        _messages.ShouldBeEmpty();
    }

    private async Task<IPage> OpenAsync(Report report, int width, bool isDark = false)
    {
        var file = Path.Combine(_directory.Path, ReportPage.FileName);
        await File.WriteAllBytesAsync(file, ReportPage.Of(report));
        return await chromium.OpenAsync(new Uri(file), width, _messages, isDark);
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
        return [.. JsonSerializer.Deserialize<JsonElement[]>(json)!
            .Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN)];
    }

    private double[] Column(string figure, string column) =>
        [.. ((Numbers)Charts.Single(one => one.Id == figure).Data[column]).Values.Select(value => value ?? double.NaN)];

    private double[] Pairs(string figure, string x, string y) =>
    [
        .. Column(figure, x).Zip(Column(figure, y)).Where(pair => !double.IsNaN(pair.Second))
            .SelectMany(pair => new[] { pair.First, pair.Second }),
    ];
}
