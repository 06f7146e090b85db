using MacroCausal.Dashboard.Access;
using MacroCausal.Dashboard.Studies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MacroCausal.Dashboard.Pages;

/// <summary>What a browser opens.</summary>
internal static class PageEndpoints
{
    // A report is a file out of the store: whatever its script does, it is nobody here and reaches nobody.
    private const string ReportPolicy = "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
        + "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapGet(AccessRules.Login, LogInAsync);
        foreach (var address in new[] { "/", "/studies/{**id}", "/models", "/start", "/compare" })
        {
            pages.MapGet(address, (FrontEnd front) => Results.Bytes(front.Page, "text/html; charset=utf-8"));
        }

        pages.MapGet("/dashboard.js", (HttpContext context, FrontEnd front) =>
            Tagged.Bytes(context, front.Script, "text/javascript; charset=utf-8"));
        pages.MapGet("/dashboard.css", (HttpContext context, FrontEnd front) =>
            Tagged.Bytes(context, front.Style, "text/css; charset=utf-8"));
        pages.MapGet("/reports/{**id}", ReportAsync);
    }

    private static async Task LogInAsync(HttpContext context, AccessKeys keys, string? t, string? study)
    {
        if (!AccessKeys.IsSame(t, keys.Token))
        {
            await AccessMiddleware.RefuseAsync(context, AccessRules.NeedsLink);
            return;
        }

        if (study is not null)
        {
            StudyIds.Check(study);
        }

        context.Response.Cookies.Append(AccessRules.CookieOf(context.Connection.LocalPort), keys.Session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
        });
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.Body.WriteAsync(FrontEnd.Welcome(study), context.RequestAborted);
    }

    private static async Task<IResult> ReportAsync(HttpContext context, string id, StudyCatalog catalog)
    {
        StudyIds.Check(id);
        if (await catalog.FindReportAsync(id, context.RequestAborted) is not { } report)
        {
            return Results.Text($"There is no study '{id}' that is over, and only such a one has a report.\n", statusCode: 404);
        }

        context.Response.Headers.ContentSecurityPolicy = ReportPolicy;
        return Results.Stream(report, "text/html; charset=utf-8");
    }
}

/// <summary>Ids of studies as addresses have them.</summary>
internal static class StudyIds
{
    /// <summary>Address of a study's page; a fold's id has slashes.</summary>
    public static string AddressOf(string id) => "/studies/" + string.Join('/', id.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Refuses what is no execution id, neither a study's nor a fold's: ids become folders.</summary>
    public static void Check(string id)
    {
        if (ExecutionIds.Refusal(WalkForwardFold.StudyOf(id) ?? id) is { } reason)
        {
            throw new BadHttpRequestException(reason, StatusCodes.Status400BadRequest);
        }
    }
}
