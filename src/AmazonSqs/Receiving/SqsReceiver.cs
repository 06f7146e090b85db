using System.Collections.Concurrent;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Connection;
using MacroCausal.AmazonSqs.Visibility;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Receives until the endpoint stops, and then deletes a temporary queue.</summary>
internal sealed class ReceiveFilter(SqsReceiveEndpointContext context) : IFilter<SqsClientContext>
{
    public async Task Send(SqsClientContext clientContext, IPipe<SqsClientContext> next)
    {
        clientContext.TryGetPayload<ReceiveQueue>(out var queue);
        using var receiver = new SqsReceiver(clientContext, queue!, context);
        context.AddConsumeAgent(receiver);
        await context.TransportObservers.NotifyReady(context.InputAddress).ConfigureAwait(false);
        receiver.Start();

        // Where the endpoint was stopped before the receiver was added to it, nothing else stops the receiver.
        if (clientContext.Stopping.IsCancellationRequested)
        {
            await receiver.Stop("The endpoint was stopped while it started").ConfigureAwait(false);
        }

        try
        {
            await receiver.Completed.ConfigureAwait(false);
        }
        finally
        {
            if (context.Settings.AutoDelete && receiver.WasStopped)
            {
                await Delete(clientContext.Broker, queue!).ConfigureAwait(false);
            }

            await context.TransportObservers.NotifyCompleted(context.InputAddress, receiver).ConfigureAwait(false);
        }

        await next.Send(clientContext).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("receive");

    private async Task Delete(SqsBroker broker, ReceiveQueue queue)
    {
        try
        {
            await queue.Delete(broker, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            const string Text = "The temporary queue {Queue} could not be deleted; delete it and its subscriptions by hand";
            context.LogContext.Warning?.Log(exception, Text, queue.Queue.Name);
        }
    }
}

/// <summary>
/// Polls a queue and dispatches its messages to the endpoint's pipe, within the endpoint's capacity. A message that arrives again while it
/// is in flight is not consumed twice: its newer receipt handle replaces the older one. When the endpoint stops, messages in flight may
/// finish within the stop timeout; the rest is made visible again at once.
/// </summary>
internal sealed class SqsReceiver : ConsumerAgent<string>, IDisposable
{
    private const int MaxMessagesPerPoll = 10;

    /// <summary>
    /// A poll that is cancelled may still be answered, and SQS would hide its messages until their visibility expires. So the last poll
    /// gets its wait and this time to end by itself, at most <see cref="MaxLastPoll"/>.
    /// </summary>
    private static readonly TimeSpan LastPollGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxLastPoll = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    /// <summary>How often it is looked whether the endpoint still receives.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, MessageVisibility> _inFlight = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _polls = new();
    private readonly SemaphoreSlim _freeSlots;
    private readonly SqsReceiveEndpointContext _context;
    private readonly SqsClientContext _clientContext;
    private readonly SqsQueue _queue;
    private readonly VisibilityOptions _visibilityOptions;
    private readonly TimeSpan _lastPoll;
    private readonly PollWatch _watch;
    private readonly IDisposable _gauge;
    private Task _consuming = Task.CompletedTask;

    public SqsReceiver(SqsClientContext clientContext, ReceiveQueue queue, SqsReceiveEndpointContext context)
        : base(context, StringComparer.Ordinal)
    {
        (_context, _clientContext, _queue) = (context, clientContext, queue.Queue);
        _freeSlots = new SemaphoreSlim(context.Capacity);
        var settings = context.Settings;
        var maxExtension = TimeSpan.FromSeconds(settings.MaxVisibilityTimeoutRenewal);
        _visibilityOptions = new VisibilityOptions(
            context.InputAddress,
            new RenewalSchedule(queue.Visibility, maxExtension, settings.MaxVisibilityTimeout),
            deliveries => IsStopping ? TimeSpan.Zero : settings.RedeliveryDelay(deliveries),
            context.LogContext);
        var wait = TimeSpan.FromSeconds(settings.WaitTimeSeconds);
        _lastPoll = wait + LastPollGrace < MaxLastPoll ? wait + LastPollGrace : MaxLastPoll;
        _watch = new PollWatch(wait, TimeProvider.System);
        _gauge = SqsMetrics.AddEndpoint(queue.Queue.Name, () => FreeSlots);
        SetReady();
    }

    /// <summary>True where the endpoint was stopped, and the receiver did not end by an error.</summary>
    public bool WasStopped => IsGracefulShutdown;

    /// <summary>Messages that could be consumed besides those in flight.</summary>
    private int FreeSlots => _context.Capacity - _inFlight.Count;

    public void Start()
    {
        _consuming = Task.Run(Consume);
        TrySetConsumeTask(_consuming);
        _ = Task.Run(Watch);
    }

    public void Dispose()
    {
        // The semaphore is not disposed: a consumer that outlives the endpoint still releases its slot.
        _polls.Dispose();
        _gauge.Dispose();
    }

    protected override async Task ActiveAndActualAgentsCompleted(StopContext context)
    {
        // Messages that a temporary queue still gets are deleted with it.
        _polls.CancelAfter(_context.Settings.AutoDelete ? TimeSpan.Zero : _lastPoll);
        await using var stopTimeout = context.CancellationToken.Register(_polls.Cancel).ConfigureAwait(false);
        await base.ActiveAndActualAgentsCompleted(context).ConfigureAwait(false);
        await _consuming.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await Task.WhenAll(_inFlight.Values.Select(visibility => visibility.Release())).ConfigureAwait(false);
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
                if (_watch.Polled() || failures > 0)
                {
                    await _context.TransportObservers.NotifyReady(_context.InputAddress).ConfigureAwait(false);
                }

                failures = 0;
            }
            catch (OperationCanceledException) when (_polls.IsCancellationRequested)
            {
                return;
            }
            catch (QueueDoesNotExistException)
            {
                _clientContext.Broker.Forget(_queue);
                throw;
            }
            catch (Exception exception)
            {
                _freeSlots.Release(slots);
                await BackOff(exception, ++failures).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for a free slot, then takes as many as one poll can fill; 0 where the endpoint stops.</summary>
    private async Task<int> TakeSlots()
    {
        try
        {
            await _freeSlots.WaitAsync(Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }

        var slots = 1;
        while (slots < MaxMessagesPerPoll && _freeSlots.Wait(0))
        {
            slots++;
        }

        return slots;
    }

    private async Task Poll(int slots)
    {
        var messages = await _queue.Receive(slots, _context.Settings.WaitTimeSeconds, _polls.Token).ConfigureAwait(false);
        if (messages.Count < slots)
        {
            _freeSlots.Release(slots - messages.Count);
        }

        // What is not held when this returns is given back by now: the stop that follows on the last poll knows only what is held.
        await Task.WhenAll(messages.Select(Receive)).ConfigureAwait(false);
    }

    /// <summary>Reports an endpoint that does not receive although it could, so that its service is not ready any more.</summary>
    private async Task Watch()
    {
        using var timer = new PeriodicTimer(WatchInterval);
        while (!Completed.IsCompleted && await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            if (IsStopping || !_watch.IsSilent(FreeSlots)) continue;
            const string Text = "{Queue} was not received from for {Silence}, although {Free} of {Capacity} slots are free";
            _context.LogContext.Error?.Log(Text, _queue.Name, _watch.Limit, FreeSlots, _context.Capacity);
            var fault = new TransportException(_context.InputAddress, $"'{_queue.Name}' was not received from for {_watch.Limit}.");
            await _context.TransportObservers.NotifyFaulted(_context.InputAddress, fault).ConfigureAwait(false);
        }
    }

    private async Task BackOff(Exception exception, int failures)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures - 1), MaxBackoff.TotalSeconds));
        const string Text = "Receiving from {Queue} failed ({Failures} in a row); trying again in {Pause}";
        _context.LogContext.Warning?.Log(exception, Text, _queue.Name, failures, pause);
        var fault = _context.ConvertException(exception, $"Receiving from '{_queue.Name}' failed.");
        await _context.TransportObservers.NotifyFaulted(_context.InputAddress, fault).ConfigureAwait(false);
        await Task.Delay(pause, Stopping).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>
    /// Receives one message into a slot; whatever happens, the slot is free again afterwards. The task ends when the message is held, and
    /// consumed from then on, or is given back.
    /// </summary>
    private async Task Receive(Message received)
    {
        var isHeld = false;
        try
        {
            var message = ReceivedMessage.From(received);
            var clock = _clientContext.Broker.Clock;
            var visibility = new MessageVisibility(
                _queue, message.MessageId, message.ReceiptHandle, _visibilityOptions, clock, TimeProvider.System)
            {
                Deliveries = message.Deliveries,
            };
            var holder = IsStopping ? null : _inFlight.GetOrAdd(message.MessageId, visibility);
            if (holder == visibility)
            {
                isHeld = true;
                _ = Task.Run(() => Consume(message, visibility));
            }
            else if (holder?.ReplaceReceiptHandle(message.ReceiptHandle) == true)
            {
                const string Text = "The message {MessageId} of {Queue} came again while it is consumed here";
                _context.LogContext.Debug?.Log(Text, message.MessageId, _queue.Name);
            }
            else
            {
                await visibility.Release().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            NotReceived(received.MessageId, exception);
        }
        finally
        {
            if (!isHeld)
            {
                _freeSlots.Release();
            }
        }
    }

    private async Task Consume(ReceivedMessage message, MessageVisibility visibility)
    {
        try
        {
            // False where the endpoint has stopped, and given the message back, before its turn came.
            if (!visibility.TryStart()) return;
            using var context = new SqsReceiveContext(message, _context, _clientContext);
            try
            {
                await Dispatch(message.ReceiptHandle, context, visibility).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                context.LogTransportFaulted(exception);
            }
        }
        catch (Exception exception)
        {
            NotReceived(message.MessageId, exception);
        }
        finally
        {
            // Does nothing where the message was deleted or made visible.
            await visibility.Abandon().ConfigureAwait(false);
            _inFlight.TryRemove(message.MessageId, out _);
            _freeSlots.Release();
        }
    }

    private void NotReceived(string messageId, Exception exception)
    {
        const string Text = "The message {MessageId} of {Queue} could not be received; it comes back when its visibility expires";
        _context.LogContext.Error?.Log(exception, Text, messageId, _queue.Name);
    }
}
