using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Hosting;

/// <summary>Adds a message's study and trial to everything that is logged while it is consumed, and measures how long it waited.</summary>
internal sealed class StudyScopeFilter<T>(ILogger<StudyScopeFilter<T>> logger, TimeProvider time) : IFilter<ConsumeContext<T>>
    where T : class
{
    private static readonly PropertyInfo? ExecutionId = typeof(T).GetProperty("ExecutionId");
    private static readonly PropertyInfo? Trial = typeof(T).GetProperty("Trial");

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        // The transport knows best: for plain JSON, whose sender names no time, MassTransit makes one up from the message's id.
        if ((context.ReceiveContext.GetSentTime() ?? context.SentTime) is { } sent)
        {
            var waited = time.GetUtcNow().UtcDateTime - sent;
            MacroCausalMetrics.QueueTime.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("message", typeof(T).Name));
        }

        using var scope = logger.BeginScope(Scope(context.Message));
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("studyScope");

    private static Dictionary<string, object?> Scope(T message)
    {
        var scope = new Dictionary<string, object?>(2);
        if (ExecutionId is not null)
        {
            scope["ExecutionId"] = ExecutionId.GetValue(message);
        }

        if (Trial is not null)
        {
            scope["Trial"] = Trial.GetValue(message);
        }

        return scope;
    }
}
