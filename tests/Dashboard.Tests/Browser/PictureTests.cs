using MacroCausal.TestKit.Browser;

namespace MacroCausal.Dashboard.Tests.Browser;

/// <summary>Takes the picture in docs/dashboard.md, of the dashboard whose link is given: docs/dashboard.md has the command.</summary>
[Trait("Category", "Slow")]
public sealed class PictureTests(Chromium chromium) : IClassFixture<Chromium>
{
    [PictureFact]
    public async Task The_picture_of_the_documentation_is_taken()
    {
        var messages = new List<string>();
        var page = await chromium.OpenAsync(new Uri(PictureFactAttribute.Link!), 1000, messages);
        await page.WaitForSelectorAsync("#learning-curves .chart[data-drawn]");
        await page.SetViewportSizeAsync(1000, 1280);

        await page.ScreenshotAsync(new() { Path = Path.Combine(TestKit.RepositoryRoot.Path, "docs", "images", "dashboard.png") });

        messages.ShouldBeEmpty();
    }
}

/// <summary>Skipped where no dashboard is given.</summary>
public sealed class PictureFactAttribute : FactAttribute
{
    public PictureFactAttribute() => Skip = Link is null ? "There is no link to a dashboard in DASHBOARD_LINK." : null;

    public static string? Link => Environment.GetEnvironmentVariable("DASHBOARD_LINK");
}
