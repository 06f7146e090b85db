using MacroCausal.TestKit;
using MacroCausal.TestKit.Browser;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Dashboard.Tests.Browser;

/// <summary>
/// Takes a picture of a study while it goes; where <c>DASHBOARD_LINK</c> has the link of a dashboard, of that one, for docs/dashboard.md.
/// </summary>
[Trait("Category", "Slow")]
public sealed class PictureTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int FewestBytes = 20_000;

    [Fact]
    public async Task A_study_is_a_picture()
    {
        using var directory = new TemporaryDirectory();
        await using var own = await ServedStore.StartAsync();
        var link = Environment.GetEnvironmentVariable("DASHBOARD_LINK");
        var path = Path.Combine(link is null ? directory.Path : Path.Combine(RepositoryRoot.Path, "docs", "images"), "dashboard.png");
        var messages = new List<string>();
        var page = await chromium.OpenAsync(link is null ? own.Link : new Uri(link), 1000, messages);
        if (link is null) await page.GotoAsync(new Uri(own.Link, "/studies/" + ServedStore.Running).ToString());
        await page.WaitForSelectorAsync("#learning-curves .chart[data-drawn]");
        await page.SetViewportSizeAsync(1000, 1280);

        await page.ScreenshotAsync(new() { Path = path });

        new FileInfo(path).Length.ShouldBeGreaterThan(FewestBytes, "an empty page is a smaller file");
        messages.ShouldBeEmpty();
    }
}
