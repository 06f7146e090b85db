using MacroCausal.Reporting.Documents;
using Microsoft.AspNetCore.Http;

namespace MacroCausal.Dashboard.Access;

/// <summary>What a request says of itself.</summary>
internal sealed record Asked
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>The <c>Host</c> header: which site the browser believes to talk to.</summary>
    public string? Host { get; init; }

    /// <summary>The <c>Origin</c> header: whose page asks; null where the browser does not say.</summary>
    public string? Origin { get; init; }

    /// <summary>The <c>Sec-Fetch-Site</c> header: how the asking page's site stands to this one.</summary>
    public string? FetchSite { get; init; }

    /// <summary>The session cookie.</summary>
    public string? Session { get; init; }

    /// <summary>The header that only a page of ours can fill.</summary>
    public string? Csrf { get; init; }
}

/// <summary>An answer that is not what was asked for.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">Why, and what to do.</param>
internal sealed record Refusal(int Status, string Reason);

/// <summary>Who may see and do what. The default is no.</summary>
internal static class AccessRules
{
    /// <summary>Where the printed link goes to.</summary>
    public const string Login = "/login";

    /// <summary>Name of the header with <see cref="AccessKeys.Csrf"/>.</summary>
    public const string CsrfHeader = "X-CSRF-Token";

    /// <summary>Name of the cookie; browsers share cookies among all ports of a host.</summary>
    public static string CookieOf(int port) => Invariant($"macrocausal-{port}");

    /// <summary>Why a request is refused; null where it is not.</summary>
    public static Refusal? Of(Asked asked, AccessKeys keys, int port)
    {
        // Another name that resolves to this machine is somebody else's page that wants to read ours.
        if (asked.Host != Invariant($"127.0.0.1:{port}") && asked.Host != Invariant($"localhost:{port}"))
        {
            return new(
                StatusCodes.Status400BadRequest, Invariant($"This is the dashboard of http://127.0.0.1:{port} and of no other host."));
        }

        if (asked.Path == Login) return null;
        if (!AccessKeys.IsSame(asked.Session, keys.Session)) return NeedsLink;

        var isChange = !HttpMethods.IsGet(asked.Method) && !HttpMethods.IsHead(asked.Method);
        if (IsForeign(asked, isChange))
        {
            return new(StatusCodes.Status403Forbidden, "Only pages of the dashboard itself may ask for this.");
        }

        return isChange && !AccessKeys.IsSame(asked.Csrf, keys.Csrf)
            ? new(StatusCodes.Status403Forbidden, $"A change needs the header {CsrfHeader} that the page holds; load the page again.")
            : null;
    }

    /// <summary>What anybody is told who has not followed the link.</summary>
    public static Refusal NeedsLink { get; } = new(
        StatusCodes.Status401Unauthorized,
        "Open the link that 'macrocausal dashboard' or 'macrocausal train --dashboard' has printed: it holds the key to this page. A new "
        + "start prints a new link.");

    // Cookies do not tell apart the ports of a host, so another program's page on this machine is no page of ours.
    private static bool IsForeign(Asked asked, bool isChange)
    {
        var isData = isChange || asked.Path.StartsWith("/api/", StringComparison.Ordinal);
        if (!isData) return false;
        var isOtherOrigin = asked.Origin is null ? isChange : asked.Origin != "http://" + asked.Host;
        return isOtherOrigin || asked.FetchSite is not (null or "same-origin" or "none");
    }
}

/// <summary>The checks before every answer, and the headers on it.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessKeys keys)
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        + "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "private, no-cache";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (AccessRules.Of(Of(context), keys, context.Connection.LocalPort) is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        await next(context);
    }

    /// <summary>Answers with the reason, as a page of its own.</summary>
    public static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(ShownTextConverter.Of(refusal.Reason) + "\n");
    }

    private static Asked Of(HttpContext context)
    {
        var request = context.Request;
        return new Asked
        {
            Method = request.Method,
            Path = request.Path.Value ?? "",
            Host = request.Headers.Host,
            Origin = request.Headers.Origin.Count == 0 ? null : request.Headers.Origin.ToString(),
            FetchSite = request.Headers["Sec-Fetch-Site"].Count == 0 ? null : request.Headers["Sec-Fetch-Site"].ToString(),
            Session = request.Cookies[AccessRules.CookieOf(context.Connection.LocalPort)],
            Csrf = request.Headers[AccessRules.CsrfHeader].Count == 0 ? null : request.Headers[AccessRules.CsrfHeader].ToString(),
        };
    }
}
