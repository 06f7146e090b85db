using System.Text.Json;
using MacroCausal.Dashboard.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace MacroCausal.Dashboard.Starting;

/// <summary>What the form that starts a study asks for.</summary>
internal static class StartEndpoints
{
    private const int MaxSettingsBytes = 256 * 1024;

    // What a browser puts around the parts.
    private const int MaxFrameBytes = 64 * 1024;

    public static void MapStart(this IEndpointRouteBuilder app, IStudyStarter starter)
    {
        app.MapGet("/form", (HttpContext context) => Tagged.Json(context, starter.Form))
            .Produces<StudyForm>().WithSummary("What a study can be asked for.");
        app.MapPost("/start", (Delegate)((HttpContext context) => StartAsync(context, starter)))
            .Accepts<StartForm>("multipart/form-data")
            .Produces<Started>().Produces<StartErrors>(422).Produces(413)
            .WithSummary("Starts a study: a part 'settings' of JSON, then a part 'table' where the table is uploaded.");
    }

    private static async Task<IResult> StartAsync(HttpContext context, IStudyStarter starter)
    {
        var maxBytes = starter.Form.MaxUploadBytes;
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize =
            maxBytes + MaxSettingsBytes + MaxFrameBytes;
        var parts = new MultipartReader(BoundaryOf(context.Request), context.Request.Body);
        try
        {
            var settings = await ReadSettingsAsync(await parts.ReadNextSectionAsync(context.RequestAborted), context.RequestAborted);
            var upload = await parts.ReadNextSectionAsync(context.RequestAborted) is { } table ? UploadOf(table, maxBytes) : null;
            return Results.Ok(new Started(await starter.StartAsync(settings, upload, context.RequestAborted)));
        }
        catch (StartRefusedException exception)
        {
            return Results.Json(new StartErrors(exception.Errors), statusCode: StatusCodes.Status422UnprocessableEntity);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            throw new BadHttpRequestException($"This is no form of a study: {exception.Message}", StatusCodes.Status400BadRequest);
        }
    }

    private static string BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType == "multipart/form-data"
            && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 200 } boundary
            ? boundary
            : throw new BadHttpRequestException("A study is started by multipart/form-data.", StatusCodes.Status415UnsupportedMediaType);

    private static async Task<StartForm> ReadSettingsAsync(MultipartSection? part, CancellationToken cancellationToken)
    {
        if (NameOf(part) != "settings") throw new InvalidDataException("the first part is not 'settings'.");
        using var json = new MemoryStream();
        await new LimitedStream(part!.Body, MaxSettingsBytes, "The settings are").CopyToAsync(json, cancellationToken);
        json.Position = 0;
        return await JsonSerializer.DeserializeAsync<StartForm>(json, JsonSerializerOptions.Web, cancellationToken)
            ?? throw new InvalidDataException("the settings are null.");
    }

    private static Upload UploadOf(MultipartSection part, long maxBytes)
    {
        if (NameOf(part) != "table") throw new InvalidDataException("the second part is not 'table'.");
        var name = HeaderUtilities.RemoveQuotes(part.GetContentDispositionHeader()!.FileName).Value ?? "";
        return new Upload(name, new LimitedStream(part.Body, maxBytes, "The table is"));
    }

    private static string? NameOf(MultipartSection? part) =>
        HeaderUtilities.RemoveQuotes(part?.GetContentDispositionHeader()?.Name ?? default).Value;
}

/// <summary>A study that was started.</summary>
/// <param name="ExecutionId">Its id.</param>
internal sealed record Started(string ExecutionId);

/// <summary>Why a study was not started.</summary>
/// <param name="Errors">Every reason.</param>
internal sealed record StartErrors(IReadOnlyList<FieldError> Errors);
