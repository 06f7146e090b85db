using System.Collections.Concurrent;
using MassTransit;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>
/// Sees everything that is published, every message that was consumed, and every exception with which one goes back to the transport; lets
/// a test wait for it.
/// </summary>
internal sealed class BusWatch : IPublishObserver, IReceiveObserver
{
    private readonly Lock _lock = new();
    private readonly List<object> _seen = [];
    private readonly List<(Func<object, bool> Matches, TaskCompletionSource Found)> _waiting = [];

    public ConcurrentQueue<Action<object>> WhenPublished { get; } = new();

    /// <summary>What the broker does not take.</summary>
    public Func<object, bool> Refuses { get; set; } = _ => false;

    public IReadOnlyList<T> All<T>()
    {
        lock (_lock)
        {
            return [.. _seen.OfType<T>()];
        }
    }

    /// <summary>Waits until one is seen.</summary>
    public Task WaitAsync<T>(Func<T, bool> matches) => WaitAsync(1, matches);

    /// <summary>Waits until some are seen.</summary>
    public Task WaitAsync<T>(int count, Func<T, bool> matches)
    {
        lock (_lock)
        {
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var left = count - _seen.OfType<T>().Count(matches);
            if (left <= 0)
            {
                found.SetResult();
            }
            else
            {
                _waiting.Add((seen => seen is T message && matches(message) && --left <= 0, found));
            }

            return found.Task.WaitAsync(Patience.Limit);
        }
    }

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Refuses(context.Message) ? Task.FromException(new IOException("The broker is down.")) : Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class
    {
        See(context.Message);
        foreach (var action in WhenPublished)
        {
            action(context.Message);
        }

        return Task.CompletedTask;
    }

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        See(context.Message);
        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        See(exception);
        return Task.CompletedTask;
    }

    private void See(object seen)
    {
        lock (_lock)
        {
            _seen.Add(seen);
            foreach (var (_, found) in _waiting.Where(waiting => waiting.Matches(seen)))
            {
                found.TrySetResult();
            }
        }
    }
}
