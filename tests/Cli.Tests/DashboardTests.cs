using System.CommandLine;
using System.Net;
using System.Text;
using MacroCausal.Cli.Embedded;
using MacroCausal.TestKit;

namespace MacroCausal.Cli.Tests;

public sealed class DashboardTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_study_is_followed_and_cancelled_from_its_own_dashboard()
    {
        var (training, output) = Start(
            CancellationToken.None, "train", "--dashboard", "--execution-id", "followed", "--trials", "100000", "--max-epochs", "1000",
            "--scheduler", "none", "--workers", "1", "--walk-forward", "0");
        var link = await output.Link.WaitAsync(Patience.Limit);
        link.Query.ShouldEndWith("&study=followed");
        using var client = new HttpClient { Timeout = Patience.Limit };
        using var entered = await client.GetAsync(link);
        var origin = link.GetLeftPart(UriPartial.Authority);
        await Eventually.Holds(async () =>
            (await client.GetAsync(new Uri($"{origin}/api/studies/followed"))).StatusCode == HttpStatusCode.OK);

        var page = await client.GetStringAsync(new Uri($"{origin}/studies/followed"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{origin}/api/cancel/followed"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("X-CSRF-Token", page.Split("name=\"csrf\" content=\"")[1].Split('"')[0]);
        request.Content = new StringContent("{\"registerBest\":false}", Encoding.UTF8, "application/json");

        using var cancelled = await client.SendAsync(request);

        (await cancelled.Content.ReadAsStringAsync()).ShouldContain("followed has ended without a model: cancelled while");
        (await training).ShouldBe(1);
    }

    [Fact]
    public async Task A_store_is_shown_until_somebody_ends_it_and_nobody_enters_without_the_link()
    {
        using (EmbeddedStores.Open(new EmbeddedStore(_directory.Path)))
        {
        }

        using var interrupt = new CancellationTokenSource();
        var (showing, output) = Start(interrupt.Token, "dashboard");
        var link = await output.Link.WaitAsync(Patience.Limit);
        using var client = new HttpClient { Timeout = Patience.Limit };
        using var stranger = await client.GetAsync(new Uri(link.GetLeftPart(UriPartial.Authority)));
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var guest = await client.GetAsync(link);
        guest.StatusCode.ShouldBe(HttpStatusCode.OK);
        var taken = await RunAsync("dashboard", "--port", $"{link.Port}");
        (taken.ExitCode, taken.Errors).ShouldBe((2,
            $"error: Port {link.Port} of this machine is taken; end what uses it, name another, or name none for a free one."));

        await interrupt.CancelAsync();
        (await showing).ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_refused_and_leaves_nothing_behind()
    {
        (await RunAsync("dashboard")).Errors.ShouldStartWith($"error: There is no store '{_directory.Path}'");
        (await RunAsync("dashboard", "--port", "70000")).Errors
            .ShouldBe("error: --port is 70000; a port is from 1 to 65535, and 0 is for a free one.");
        (await RunAsync("train", "--dashboard", "70000")).ExitCode.ShouldBe(2);
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    private Task<Ended> RunAsync(params string[] arguments) => MacroCausalCommand.RunAsync([.. arguments, "--store", _directory.Path]);

    private (Task<int> Command, LinkWriter Output) Start(CancellationToken interrupt, params string[] arguments)
    {
        var output = new LinkWriter();
        var streams = new InvocationConfiguration
        {
            Output = output,
            Error = TextWriter.Null,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return (Task.Run(() => CommandLine.RunAsync([.. arguments, "--store", _directory.Path], streams, interrupt)), output);
    }

    /// <summary>What a command prints; the link of a dashboard as soon as it is there.</summary>
    private sealed class LinkWriter : TextWriter
    {
        private const string Begin = "dashboard: ";
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource<Uri> _link = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string _line = "";

        public Task<Uri> Link => _link.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_lock)
            {
                if (value != '\n')
                {
                    _line += value;
                    return;
                }

                if (_line.StartsWith(Begin, StringComparison.Ordinal))
                {
                    _link.TrySetResult(new Uri(_line[Begin.Length..]));
                }

                _line = "";
            }
        }
    }
}
