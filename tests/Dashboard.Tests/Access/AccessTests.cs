using System.Net;
using System.Net.Sockets;
using System.Text;
using MacroCausal.Dashboard.Access;

namespace MacroCausal.Dashboard.Tests.Access;

public sealed class AccessTests(SharedStore shared) : IClassFixture<SharedStore>
{
    private readonly ServedStore _store = shared.Store;

    public static TheoryData<string> Addresses =>
    [
        "/", "/models", "/studies/done-study", "/reports/done-study", "/dashboard.js", "/dashboard.css", "/api/studies",
        "/api/studies/done-study", "/api/figures/done-study", "/api/models", "/api/events", "/api/openapi.json", "/nowhere", "/login",
        "/start", "/api/form", "/compare", "/api/compare?id=done-study&id=running-study",
        "/login?t=", "/login?t=guess",
    ];

    // Every address that changes something.
    private static IEnumerable<string> Changes =>
    [
        "/api/cancel/running-study", "/api/delete/done-study", "/api/promote/model_done-study", "/api/demote/model_done-study",
        "/api/start",
    ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Without_the_link_nothing_is_told_but_where_to_find_it(string address)
    {
        using var client = _store.Client();
        using var answer = await client.GetAsync(new Uri(_store.Address, address));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldStartWith("Open the link that");
        text.ShouldNotContain("study");
    }

    [Fact]
    public async Task The_link_gives_a_cookie_that_no_script_reads_and_no_other_site_sends()
    {
        using var client = _store.Client();
        using var answer = await client.GetAsync(_store.Link);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("; samesite=strict; httponly");
        cookie.ShouldStartWith($"macrocausal-{_store.Address.Port}=");
        _store.Link.Query.ShouldNotContain(cookie.Split('=')[1].Split(';')[0]);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData("done-study/walk-forward/2", 200, "url=/studies/done-study/walk-forward/2\"")]
    [InlineData("arn:aws:states:1", 200, "url=/studies/arn%3Aaws%3Astates%3A1\"")]
    [InlineData("//evil.example", 400, "")]
    [InlineData("\"><script>alert(1)</script>", 400, "")]
    public async Task The_link_may_lead_to_a_study_and_to_no_other_place(string study, int status, string text)
    {
        using var client = _store.Client();
        using var answer = await client.GetAsync(new Uri($"{_store.Link}&study={Uri.EscapeDataString(study)}"));

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(text);
    }

    [Fact]
    public async Task A_cookie_of_another_process_opens_nothing()
    {
        await using var other = await ServedStore.StartAsync();
        var value = other.Cookie.Split('=', 2)[1];

        using var answer = await _store.SendAsync(HttpMethod.Get, "/api/studies", request =>
        {
            request.Headers.Remove("Cookie");
            request.Headers.Add("Cookie", $"macrocausal-{_store.Address.Port}={value}");
        });

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:{0}")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("localhost.evil.example:{0}")]
    public async Task A_name_that_leads_here_from_elsewhere_is_refused_even_with_the_cookie(string host)
    {
        host = host.Replace("{0}", $"{_store.Address.Port}", StringComparison.Ordinal);
        foreach (var address in new[] { "/api/studies", _store.Link.PathAndQuery })
        {
            using var answer = await _store.SendAsync(HttpMethod.Get, address, request => request.Headers.Host = host);

            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task This_machine_may_also_be_called_localhost()
    {
        using var answer = await _store.SendAsync(
            HttpMethod.Get, "/api/studies", request => request.Headers.Host = $"localhost:{_store.Address.Port}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "null")]
    public async Task Pages_of_other_sites_and_other_ports_get_neither_data_nor_the_stream(string header, string value)
    {
        foreach (var address in new[] { "/api/studies", "/api/figures/done-study", "/api/events", "/api/openapi.json" })
        {
            using var answer = await _store.SendAsync(HttpMethod.Get, address, request => request.Headers.Add(header, value));

            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, address);
        }
    }

    [Theory]
    [InlineData("csrf", null)]
    [InlineData("csrf", "guess")]
    [InlineData("origin", null)]
    [InlineData("origin", "http://evil.example")]
    [InlineData("origin", "http://127.0.0.1:1")]
    [InlineData("site", "same-site")]
    [InlineData("cookie", null)]
    public async Task A_change_needs_the_page_s_own_key_and_origin(string what, string? value)
    {
        foreach (var address in Changes)
        {
            using var answer = await _store.SendAsync(HttpMethod.Post, address, request => Replace(request, what, value));

            answer.StatusCode.ShouldBe(what == "cookie" ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden);
        }

        _store.Actions.Asked.ShouldBeEmpty();
        _store.Starter.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_form_of_another_page_cannot_be_sent()
    {
        foreach (var address in Changes.Where(address => !address.Contains("delete", StringComparison.Ordinal)))
        {
            using var answer = await _store.SendAsync(HttpMethod.Post, address, request =>
                request.Content = new StringContent("registerBest=false", Encoding.UTF8, "application/x-www-form-urlencoded"));

            answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        }

        _store.Actions.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%2e%2e%2f%2e%2e%2fetc")]
    [InlineData("a/../../b")]
    [InlineData("a%5c..%5cb")]
    [InlineData("a..b")]
    [InlineData("a%00b")]
    [InlineData("/etc/passwd")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("../walk-forward/1")]
    [InlineData("a/walk-forward/../1")]
    public async Task An_id_that_leads_elsewhere_is_refused(string id)
    {
        foreach (var address in new[] { "/api/studies/", "/api/figures/", "/reports/" })
        {
            // As it stands: clients put paths in order before they send them.
            var status = await RawStatusAsync($"GET {address}{id} HTTP/1.1\r\nCookie: {_store.Cookie}");

            status.ShouldBeOneOf(400, 404);
        }

        (await RawStatusAsync($"POST /api/delete/{id} HTTP/1.1\r\nCookie: {_store.Cookie}\r\n{AccessRules.CsrfHeader}: {_store.Csrf}\r\n"
            + $"Origin: http://127.0.0.1:{_store.Address.Port}\r\nContent-Length: 0")).ShouldBeOneOf(400, 404);
        _store.Actions.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_answer_forbids_foreign_content_frames_and_guesses()
    {
        foreach (var address in new[] { "/", "/api/studies", "/dashboard.js", "/nowhere", "/reports/done-study" })
        {
            using var answer = await _store.SendAsync(HttpMethod.Get, address);
            string Header(string name) => answer.Headers.GetValues(name).Single();

            Header("Content-Security-Policy").ShouldContain("default-src 'none'");
            Header("Content-Security-Policy").ShouldContain("frame-ancestors 'none'");
            if (address != "/reports/done-study")
            {
                Header("Content-Security-Policy").ShouldNotContain("unsafe");
            }

            Header("X-Content-Type-Options").ShouldBe("nosniff");
            Header("Referrer-Policy").ShouldBe("no-referrer");
            Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
            answer.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_report_out_of_the_store_runs_as_a_stranger()
    {
        using var answer = await _store.SendAsync(HttpMethod.Get, "/reports/done-study");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("sandbox allow-scripts allow-downloads;");
        policy.ShouldNotContain("allow-same-origin");
        policy.ShouldNotContain("connect-src");
    }

    private static void Replace(HttpRequestMessage request, string what, string? value)
    {
        var name = what switch
        {
            "csrf" => AccessRules.CsrfHeader,
            "origin" => "Origin",
            "site" => "Sec-Fetch-Site",
            _ => "Cookie",
        };
        request.Headers.Remove(name);
        if (value is not null)
        {
            request.Headers.Add(name, value);
        }
    }

    private async Task<int> RawStatusAsync(string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _store.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\nHost: 127.0.0.1:{_store.Address.Port}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
