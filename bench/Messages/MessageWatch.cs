using System.Diagnostics;
using MassTransit;

namespace MacroCausal.Bench.Messages;

/// <summary>
/// Measures how long the consumers of each message take, sends and records included. A message that waits for its turn is already
/// counted.
/// </summary>
internal sealed class MessageWatch(Stopwatches watches) : IConsumeObserver
{
    public Task PreConsume<T>(ConsumeContext<T> context)
        where T : class
    {
        context.AddOrUpdatePayload(() => new Begun(Stopwatch.GetTimestamp()), _ => new Begun(Stopwatch.GetTimestamp()));
        return Task.CompletedTask;
    }

    public Task PostConsume<T>(ConsumeContext<T> context)
        where T : class
    {
        if (context.TryGetPayload<Begun>(out var begun))
        {
            watches.Add($"consume {typeof(T).Name}", begun.At);
        }

        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
        where T : class
    {
        watches.Add($"faults of {typeof(T).Name}", Stopwatch.GetTimestamp());
        return Task.CompletedTask;
    }

    private sealed record Begun(long At);
}
