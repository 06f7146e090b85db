using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using MacroCausal.Dashboard.Comparing;
using MacroCausal.Dashboard.Feed;
using MacroCausal.Dashboard.Pages;
using MacroCausal.Dashboard.Starting;
using MacroCausal.Dashboard.Studies;
using MacroCausal.Reporting.Documents;
using MacroCausal.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Dashboard;

/// <summary>What the pages ask for.</summary>
internal static class DataEndpoints
{
    public static void MapData(this IEndpointRouteBuilder app, IStudyStarter? starter)
    {
        var api = app.MapGroup("/api");
        if (starter is not null) api.MapStart(starter);
        api.MapCompare();

        api.MapGet("/studies", async (HttpContext context, StudyCatalog catalog) =>
                Tagged.Json(context, await catalog.ListAsync(context.RequestAborted)))
            .Produces<IReadOnlyList<StudyRow>>().WithSummary("The latest studies, latest first.");
        api.MapGet("/studies/{**id}", StudyAsync)
            .Produces<StudyPage>().Produces(404).WithSummary("What stands above a study's figures.");
        api.MapGet("/figures/{**id}", FiguresAsync)
            .Produces<Report>().Produces(404).WithSummary("A study's figures: sections, charts and their tables.");
        api.MapGet("/models", async (HttpContext context, DashboardOptions options) =>
                Tagged.Json(context, await options.Models.ListAsync(cancellationToken: context.RequestAborted).Select(ModelRow.Of)
                    .ToListAsync(context.RequestAborted)))
            .Produces<IReadOnlyList<ModelRow>>().WithSummary("The registered models, latest first.");
        api.MapGet("/events", Events)
            .WithSummary("One stream of changes: names of the resources that changed. It goes on after the event of Last-Event-ID.");
        api.MapPost("/cancel/{**id}", CancelAsync)
            .Produces<Done>().Produces(409).WithSummary("Ends a study before its time, and answers when it has ended.");
        api.MapPost("/delete/{**id}", DeleteAsync)
            .Produces<Done>().Produces(409).WithSummary("Deletes a study that is over; a registered model stays.");
        api.MapPost("/promote/{**id}", (string id, StatusRequest request, DashboardOptions options) =>
                SetStatusAsync(id, ModelStatuses.Production, request, options))
            .Produces<Done>().Produces(409).WithSummary("Promotes a model whose status is still the one that was seen.");
        api.MapPost("/demote/{**id}", (string id, StatusRequest request, DashboardOptions options) =>
                SetStatusAsync(id, ModelStatuses.Trained, request, options))
            .Produces<Done>().Produces(409).WithSummary("Gives a model whose status is still the one that was seen back its first one.");
    }

    // Whoever calls this twice, or after somebody else, is told that the status is another by now.
    private static async Task<Done> SetStatusAsync(string id, string status, StatusRequest request, DashboardOptions options)
    {
        if (request.Seen is not { Length: > 0 } seen) throw new BadHttpRequestException("Say in 'seen' which status the model has.");
        return new Done(await options.Actions.SetStatusAsync(id, status, seen, CancellationToken.None));
    }

    private static async Task<IResult> StudyAsync(HttpContext context, string id, StudyCatalog catalog)
    {
        StudyIds.Check(id);
        return await catalog.FindAsync(id, context.RequestAborted) is { } study ? Tagged.Json(context, study.Page) : Unknown(id);
    }

    private static async Task<IResult> FiguresAsync(HttpContext context, string id, StudyCatalog catalog)
    {
        StudyIds.Check(id);
        return await catalog.FindAsync(id, context.RequestAborted) is { } study
            ? Tagged.Bytes(context, ReportJson.Of(study.Figures), "application/json; charset=utf-8")
            : Unknown(id);
    }

    private static ServerSentEventsResult<StoreChange> Events(HttpContext context, StoreFeed feed, IHostApplicationLifetime lifetime)
    {
        long? after = long.TryParse(
            context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : null;
        return TypedResults.ServerSentEvents(FollowAsync(feed, after, lifetime, context.RequestAborted));
    }

    // A server that stops waits for its answers, and this one has no end of its own.
    private static async IAsyncEnumerable<SseItem<StoreChange>> FollowAsync(
        StoreFeed feed, long? after, IHostApplicationLifetime lifetime, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        await foreach (var item in feed.FollowAsync(after, either.Token))
        {
            yield return item;
        }
    }

    // What was begun goes on when its page is closed, and when the server stops: the end of a study ends the server of 'train --dashboard',
    // and whoever asked for that end is still told of it.
    private static async Task<Done> CancelAsync(string id, CancelRequest request, DashboardOptions options)
    {
        StudyIds.Check(id);
        return new Done(await options.Actions.CancelAsync(id, request.RegisterBest, CancellationToken.None));
    }

    private static async Task<Done> DeleteAsync(string id, DashboardOptions options)
    {
        StudyIds.Check(id);
        return new Done(await options.Actions.DeleteAsync(id, CancellationToken.None));
    }

    /// <summary>The answer where there is no such study.</summary>
    public static IResult Unknown(string id) => Results.Text($"There is no study '{id}' in this store.\n", statusCode: 404);
}

/// <summary>How a study is to end.</summary>
/// <param name="RegisterBest">Whether the best model so far is registered, where there is one.</param>
internal sealed record CancelRequest(bool RegisterBest);

/// <summary>What whoever wants to change a model's status takes it to be.</summary>
/// <param name="Seen">The status that the page shows.</param>
internal sealed record StatusRequest(string? Seen);

/// <summary>What was done.</summary>
/// <param name="Sentence">It, in words.</param>
internal sealed record Done(string Sentence);
