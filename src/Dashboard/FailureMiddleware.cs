using MacroCausal.Dashboard.Access;
using MacroCausal.Storage;
using Microsoft.AspNetCore.Http;

namespace MacroCausal.Dashboard;

/// <summary>Turns what goes wrong into an answer with a sentence.</summary>
internal sealed class FailureMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AccessMiddleware.RefuseAsync(context, exception switch
            {
                ActionRefusedException => new(StatusCodes.Status409Conflict, exception.Message),
                BadHttpRequestException bad => new(bad.StatusCode, bad.Message),
                StoreException or ObjectStoreException => new(StatusCodes.Status503ServiceUnavailable, exception.Message),
                _ => new(StatusCodes.Status500InternalServerError, $"Unexpected {exception.GetType().Name}: {exception.Message}"),
            });
        }
    }
}
