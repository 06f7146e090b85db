using System.Diagnostics;
using Microsoft.Playwright;

namespace MacroCausal.TestKit.Browser;

/// <summary>A headless Chromium for a test class: the system's, installed where there is none and this user may do that.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>
    /// Opens a page and waits until it is ready. What it says on its console, and what it asks of another place, is kept in
    /// <paramref name="messages"/>.
    /// </summary>
    public async Task<IPage> OpenAsync(Uri address, int width, List<string> messages, bool isDark = false)
    {
        var page = await _browser.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        page.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        page.Console += (_, message) => messages.Add(message.Text);
        page.PageError += (_, error) => messages.Add(error);
        page.Dialog += (_, dialog) => messages.Add("dialog: " + dialog.Message);
        page.Request += (_, request) => messages.AddRange(IsOwn(request.Url) ? [] : [request.Url]);
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        page.PageError += (_, error) => failed.TrySetResult(error);
        await page.GotoAsync(address.ToString());
        var ready = page.WaitForSelectorAsync("html[data-ready]");
        if (await Task.WhenAny(ready, failed.Task) == failed.Task) throw new InvalidOperationException(await failed.Task);
        return page;

        bool IsOwn(string url) => url.StartsWith(address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            || url.StartsWith("data:", StringComparison.Ordinal);
    }

    /// <summary>
    /// Waits until an expression is true in a page. Playwright's own wait evaluates texts there, which the pages' policy forbids.
    /// </summary>
    public static Task UntilAsync(IPage page, string condition) => Eventually.Holds(() => page.EvaluateAsync<bool>(condition));

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Find() ?? Install(),
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            Timeout = (float)Patience.Limit.TotalMilliseconds,
        });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    private static string Install()
    {
        const string Remedy = "Pages are tested in Chromium, and there is none on the search path: apt-get install chromium.";
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get")) throw new InvalidOperationException(Remedy);
        using var turn = new Mutex(initiallyOwned: false, "Global\\macrocausal-chromium");
        turn.WaitOne();
        try
        {
            if (Find() is null)
            {
                Run("update");
                Run("install", "-y", "--no-install-recommends", "chromium");
            }
        }
        finally
        {
            turn.ReleaseMutex();
        }

        return Find() ?? throw new InvalidOperationException(Remedy);
    }

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("apt-get", ["-qq", .. arguments]) { RedirectStandardOutput = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var apt = Process.Start(start)!;
        apt.StandardOutput.ReadToEnd();
        apt.WaitForExit();
    }
}
