using System.Collections.Concurrent;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Visibility;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>
/// Polls a queue and hands its messages to the endpoint's pipe, never more of them than it may hold. One that arrives again while it is in hand is not consumed twice: its
/// newer receipt takes over. When the endpoint stops, messages in hand may finish within the stop timeout; the rest is given back at once.
/// </summary>
internal sealed class SqsReceiver : ConsumerAgent<string>, IDisposable
{
    private const int MaxMessagesPerPoll = 10;

    /// <summary>A poll that is cut off may still be answered, and SQS would hide what it brings until its visibility runs out. So the last one gets the time to end by itself.</summary>
    private static readonly TimeSpan LastPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, VisibilityLease> _inHand = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _polls = new();
    private readonly SemaphoreSlim _free;
    private readonly SqsReceiveEndpointContext _context;
    private readonly SqsClientContext _session;
    private readonly SqsQueue _queue;
    private readonly LeaseTerms _terms;
    private Task _consuming = Task.CompletedTask;

    public SqsReceiver(SqsClientContext session, ReceiveQueue queue, SqsReceiveEndpointContext context)
        : base(context, StringComparer.Ordinal)
    {
        (_context, _session, _queue) = (context, session, queue.Queue);
        var settings = context.Settings;
        _free = new SemaphoreSlim(context.Capacity);
        var plan = new RenewalPlan(queue.Visibility, TimeSpan.FromSeconds(settings.MaxVisibilityTimeoutRenewal), settings.MaxVisibilityTimeout);
        _terms = new LeaseTerms(context.InputAddress, plan, () => IsStopping ? TimeSpan.Zero : TimeSpan.FromSeconds(settings.RedeliverVisibilityTimeout), context.LogContext);
        SetReady();
    }

    /// <summary>True where the endpoint was stopped, not cut off by an error.</summary>
    public bool WasStopped => IsGracefulShutdown;

    public void Start()
    {
        _consuming = Task.Run(Consume);
        TrySetConsumeTask(_consuming);
    }

    public void Dispose()
    {
        // A consumer that outlives the endpoint still frees its place; a semaphore that nobody made a handle of holds nothing.
        _polls.Dispose();
    }

    protected override async Task ActiveAndActualAgentsCompleted(StopContext context)
    {
        // What would come to a temporary queue is deleted with it.
        _polls.CancelAfter(_context.Settings.AutoDelete ? TimeSpan.Zero : LastPoll);
        await using var impatience = context.CancellationToken.Register(_polls.Cancel).ConfigureAwait(false);
        await base.ActiveAndActualAgentsCompleted(context).ConfigureAwait(false);
        await _consuming.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await Task.WhenAll(_inHand.Values.Select(lease => lease.Release())).ConfigureAwait(false);
    }

    private async Task Consume()
    {
        var failures = 0;
        while (!IsStopping)
        {
            var slots = await TakeSlots().ConfigureAwait(false);
            if (slots == 0) return;
            try
            {
                await Poll(slots).ConfigureAwait(false);
                if (failures > 0) await _context.TransportObservers.NotifyReady(_context.InputAddress).ConfigureAwait(false);
                failures = 0;
            }
            catch (OperationCanceledException) when (_polls.IsCancellationRequested)
            {
                return;
            }
            catch (QueueDoesNotExistException)
            {
                _session.Broker.Forget(_queue);
                throw;
            }
            catch (Exception exception)
            {
                _free.Release(slots);
                await Recover(exception, ++failures).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until a message may be held, and takes as many places as one poll can fill; none where the endpoint stops.</summary>
    private async Task<int> TakeSlots()
    {
        try
        {
            await _free.WaitAsync(Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }

        var slots = 1;
        while (slots < MaxMessagesPerPoll && _free.Wait(0)) slots++;
        return slots;
    }

    private async Task Poll(int slots)
    {
        var messages = await _queue.Receive(slots, _context.Settings.WaitTimeSeconds, _polls.Token).ConfigureAwait(false);
        foreach (var message in messages) _ = Task.Run(() => Receive(ReceivedMessage.From(message)));
        if (messages.Count < slots) _free.Release(slots - messages.Count);
    }

    private async Task Recover(Exception exception, int failures)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures - 1), LongestPause.TotalSeconds));
        _context.LogContext.Warning?.Log(exception, "Receiving from {Queue} failed ({Failures} in a row); trying again in {Pause}", _queue.Name, failures, pause);
        await _context.TransportObservers.NotifyFaulted(_context.InputAddress, _context.ConvertException(exception, $"Receiving from '{_queue.Name}' failed.")).ConfigureAwait(false);
        await Task.Delay(pause, Stopping).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    private async Task Receive(ReceivedMessage message)
    {
        try
        {
            var lease = new VisibilityLease(_queue, message.MessageId, message.ReceiptHandle, _terms, _session.Broker.Clock, TimeProvider.System);
            var holder = IsStopping ? null : _inHand.GetOrAdd(message.MessageId, lease);
            if (holder == lease) await Consume(message, lease).ConfigureAwait(false);
            else if (holder?.Adopt(message.ReceiptHandle) == true) _context.LogContext.Debug?.Log("The message {MessageId} of {Queue} came again while it is consumed here", message.MessageId, _queue.Name);
            else await lease.Release().ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task Consume(ReceivedMessage message, VisibilityLease lease)
    {
        lease.Start();
        using var context = new SqsReceiveContext(message, _context, _session);
        try
        {
            await Dispatch(message.ReceiptHandle, context, lease).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            context.LogTransportFaulted(exception);
        }
        finally
        {
            _inHand.TryRemove(message.MessageId, out _);
        }
    }
}
