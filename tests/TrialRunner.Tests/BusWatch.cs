using System.Collections.Concurrent;
using MassTransit;

namespace MacroCausal.TrialRunner.Tests;

/// <summary>Sees everything that is published, and every exception with which a message goes back to the transport; lets a test wait for it.</summary>
internal sealed class BusWatch : IPublishObserver, IReceiveObserver
{
    private readonly Lock _lock = new();
    private readonly List<object> _seen = [];
    private readonly List<(Func<object, bool> Matches, TaskCompletionSource Found)> _waiting = [];

    public ConcurrentQueue<Action<object>> WhenPublished { get; } = new();

    public IReadOnlyList<T> All<T>()
    {
        lock (_lock)
            return [.. _seen.OfType<T>()];
    }

    /// <summary>Waits until one is seen, at most a minute.</summary>
    public Task WaitAsync<T>(Func<T, bool> matches)
    {
        lock (_lock)
        {
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_seen.OfType<T>().Any(matches))
                found.SetResult();
            else
                _waiting.Add((seen => seen is T message && matches(message), found));
            return found.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class
    {
        See(context.Message);
        foreach (var action in WhenPublished)
            action(context.Message);
        return Task.CompletedTask;
    }

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

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
                found.TrySetResult();
        }
    }
}
