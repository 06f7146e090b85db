using System.Net;
using System.Runtime.ExceptionServices;
using Amazon.Runtime;
using MassTransit;
using MassTransit.Middleware;

namespace MacroCausal.Hosting;

/// <summary>
/// Gives a message back to its queue whose consumer was interrupted, or failed by no fault of the message: SQS hides it for 1, 2, 4 ... at
/// most 300 seconds and delivers it again, to whoever has a free place. It holds none meanwhile. What fails for longer than it may is moved
/// to the queue of errors, as everything else that fails.
/// </summary>
/// <param name="patience">
/// How long after it was sent a message may be given back for an exception; null where its cause decides, and in the end what is known of
/// the bus.
/// </param>
/// <param name="time">The clock.</param>
public sealed class GiveBackFilter(Func<Exception, TimeSpan?> patience, TimeProvider time) : IFilter<ExceptionReceiveContext>
{
    /// <summary>For what is out of reach for everybody: longer than an outage.</summary>
    public static readonly TimeSpan WhileOutOfReach = TimeSpan.FromHours(1);

    /// <summary>For what this process may not do: long enough that another one gets the message.</summary>
    public static readonly TimeSpan WhileDenied = TimeSpan.FromMinutes(1);

    /// <summary>For what no repeat mends.</summary>
    public static readonly TimeSpan Never = TimeSpan.MinValue;

    /// <inheritdoc/>
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (GivesBack(context.Exception, Age(context))) ExceptionDispatchInfo.Throw(context.Exception);
        return next.Send(context);
    }

    /// <summary>
    /// Whether SQS or SNS could not be used: what the consumer sent. Sends are waited for after the consumer, so that theirs is the
    /// exception even where the consumer threw another.
    /// </summary>
    public static bool IsOfBus(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException;

    /// <summary>Whether a message of that age is given back for that exception.</summary>
    public bool GivesBack(Exception exception, TimeSpan age) => MaxAge(exception) is { } maxAge && age <= maxAge;

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("giveBack");

    // MassTransit takes a consumer that cancels by a token of its own for a faulty one.
    private TimeSpan? MaxAge(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (patience(cause) is { } allowed) return allowed;
            switch (cause)
            {
                case OperationCanceledException or ConsumerCanceledException:
                    return TimeSpan.MaxValue;
                case AmazonServiceException { StatusCode: HttpStatusCode.Forbidden }:
                case AmazonServiceException { ErrorCode: "AccessDenied" }:
                    return WhileDenied;
                case ConcurrencyException:
                case var _ when IsOfBus(cause):
                    return WhileOutOfReach;
            }
        }

        return null;
    }

    private TimeSpan Age(ExceptionReceiveContext context) =>
        context.GetSentTime() is { } sent ? time.GetUtcNow() - sent : TimeSpan.Zero;
}

/// <summary>Adds <see cref="GiveBackFilter"/> to an endpoint.</summary>
public static class GiveBackConfigurationExtensions
{
    /// <summary>
    /// Has messages given back that fail by no fault of their own. Only a broker keeps what is given back: on the in-memory bus nothing
    /// changes.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="patience">As of <see cref="GiveBackFilter"/>; what the bus itself could not send is given back without it.</param>
    /// <param name="before">A filter that comes before what is done with other failures; null for none.</param>
    public static void GiveBackUnserved(
        this IReceiveEndpointConfigurator endpoint, Func<Exception, TimeSpan?> patience, IFilter<ExceptionReceiveContext>? before = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.ConfigureError(error =>
        {
            if (endpoint.InputAddress.Scheme == "amazonsqs")
            {
                error.UseFilter(new GiveBackFilter(patience, TimeProvider.System));
            }

            if (before is not null) error.UseFilter(before);
            error.UseFilter(new GenerateFaultFilter());
            error.UseFilter(new ErrorTransportFilter());
        });
    }
}
