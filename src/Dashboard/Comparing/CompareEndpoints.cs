using MacroCausal.Dashboard.Pages;
using MacroCausal.Dashboard.Studies;
using MacroCausal.Reporting.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MacroCausal.Dashboard.Comparing;

/// <summary>Studies, or trials of a study, beside each other.</summary>
internal static class CompareEndpoints
{
    private const int Min = 2;
    private const int Max = 10;

    public static void MapCompare(this IEndpointRouteBuilder app) => app
        .MapGet("/compare", (HttpContext context, string[] id, int[]? trial, StudyCatalog catalog) =>
            CompareAsync(context, [.. id.Distinct(StringComparer.Ordinal)], [.. (trial ?? []).Distinct()], catalog))
        .Produces<Report>().Produces(400).Produces(404)
        .WithSummary("Two to ten studies beside each other by 'id', or of one study two to ten trials by 'trial'.");

    private static async Task<IResult> CompareAsync(HttpContext context, string[] ids, int[] trials, StudyCatalog catalog)
    {
        var count = ids.Length == 1 ? trials.Length : ids.Length;
        if (count is < Min or > Max || (ids.Length > 1 && trials.Length > 0))
        {
            throw new BadHttpRequestException(
                Invariant($"Name {Min} to {Max} studies, or one study and {Min} to {Max} of its trials."), StatusCodes.Status400BadRequest);
        }

        var studies = new List<ShownStudy>();
        foreach (var id in ids)
        {
            StudyIds.Check(id);
            if (await catalog.FindAsync(id, context.RequestAborted) is not { } study) return DataEndpoints.Unknown(id);
            studies.Add(study);
        }

        var report = ids.Length == 1 ? TrialComparison.Of(studies[0], trials) : StudyComparison.Of(studies);
        return Tagged.Bytes(context, ReportJson.Of(report), "application/json; charset=utf-8");
    }
}
