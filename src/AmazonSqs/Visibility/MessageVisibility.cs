using MacroCausal.AmazonSqs.Connection;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>
/// Keeps a message hidden from other receivers while it is consumed. At the end it deletes the message, or makes it visible again.
/// A renewal that fails is retried until SQS says that the message is lost. A renewal without an answer is resent too, because the answer
/// may be waiting for a thread.
/// </summary>
internal sealed class MessageVisibility(
    IVisibilityQueue queue,
    string messageId,
    string receiptHandle,
    VisibilityOptions options,
    VisibilityClock clock,
    TimeProvider time) : ReceiveLockContext
{
    private readonly object _gate = new();
    private string _receiptHandle = receiptHandle;
    private long _heldSince = time.GetTimestamp();
    private long _nextRenewal;
    private int _failures;
    private Task? _end;
    private bool _lost;

    /// <summary>How often the message was received, this time included.</summary>
    public int Deliveries { get; init; } = 1;

    /// <summary>Starts the renewals; false where the message is deleted or visible already.</summary>
    public bool TryStart()
    {
        lock (_gate)
        {
            if (_end is not null) return false;
            ScheduleNext(options.Schedule.FirstRenewal);
            return true;
        }
    }

    /// <summary>
    /// Takes the receipt handle of a second delivery of the same message; the older one is no longer valid. False where the message is no
    /// longer held.
    /// </summary>
    public bool ReplaceReceiptHandle(string newerReceiptHandle)
    {
        lock (_gate)
        {
            if (_end is not null) return false;
            (_receiptHandle, _heldSince, _lost, _failures) = (newerReceiptHandle, time.GetTimestamp(), false, 0);
            ScheduleNext(options.Schedule.FirstRenewal);
            return true;
        }
    }

    public Task Complete()
    {
        // Even where it was made visible before: the consumer has finished after all.
        lock (_gate)
        {
            var delete = Delete(_receiptHandle);
            _end ??= delete;
            return delete;
        }
    }

    public Task Faulted(Exception exception) => Abandon();

    /// <summary>What is neither deleted nor visible again by now becomes visible after the delay of a failure.</summary>
    public Task Abandon() => MakeVisible(options.RedeliveryDelay(Deliveries));

    /// <summary>Makes the message visible at once, whether its consumer has finished or not.</summary>
    public Task Release() => MakeVisible(TimeSpan.Zero);

    public Task ValidateLockStatus()
    {
        lock (_gate)
        {
            if (!_lost) return Task.CompletedTask;
            var message = $"The message {messageId} was lost: its visibility timeout expired.";
            return Task.FromException(new TransportException(options.InputAddress, message));
        }
    }

    // Who comes second waits for the first, however that ends: an endpoint that stops closes its connection after the last one.
    private Task MakeVisible(TimeSpan delay)
    {
        lock (_gate)
        {
            if (_end is { } end) return end.ContinueWith(_ => { }, TaskScheduler.Default);
            return _end = MakeVisible(_receiptHandle, delay);
        }
    }

    private async Task MakeVisible(string receipt, TimeSpan delay)
    {
        await Task.Yield();
        try
        {
            await queue.ChangeVisibility(receipt, delay, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            options.Log.Warning?.Log(
                exception,
                "The message {MessageId} could not be given back to {Queue}; it comes back when its visibility timeout expires",
                messageId,
                queue.Name);
        }
    }

    private async Task Delete(string receipt)
    {
        await Task.Yield();
        try
        {
            await queue.Delete(receipt).ConfigureAwait(false);
        }
        catch (Exception exception) when (AwsErrors.IsLost(exception))
        {
            options.Log.Warning?.Log(
                exception,
                "The message {MessageId} of {Queue} was consumed, but another receiver may have received it meanwhile",
                messageId,
                queue.Name);
        }
    }

    private void ScheduleNext(TimeSpan delay)
    {
        // A renewal that was scheduled before this one does nothing when it is due.
        var renewal = ++_nextRenewal;
        clock.Schedule(delay, () => Renew(renewal));
    }

    private void Renew(long renewal)
    {
        string receipt;
        TimeSpan extension;
        lock (_gate)
        {
            if (_end is not null || _lost || renewal != _nextRenewal) return;
            receipt = _receiptHandle;
            extension = options.Schedule.Extension(time.GetElapsedTime(_heldSince));
            if (extension <= TimeSpan.Zero)
            {
                LimitReached();
                return;
            }

            ScheduleNext(options.Schedule.ResendAfter);
            renewal = _nextRenewal;
        }

        _ = Renew(receipt, extension, renewal);
    }

    private async Task Renew(string receipt, TimeSpan extension, long renewal)
    {
        var started = time.GetTimestamp();
        Exception? failure = null;
        try
        {
            using var timeout = new CancellationTokenSource(options.Schedule.ResendAfter * 2);
            await queue.ChangeVisibility(receipt, extension, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        lock (_gate)
        {
            if (_end is not null || receipt != _receiptHandle) return;
            if (failure is null)
            {
                Renewed(renewal, options.Schedule.NextRenewal(extension) - time.GetElapsedTime(started));
            }
            else if (AwsErrors.IsLost(failure))
            {
                Lost(failure);
            }
            else
            {
                Failed(renewal, failure);
            }
        }
    }

    private void Renewed(long renewal, TimeSpan next)
    {
        _failures = 0;
        if (renewal == _nextRenewal)
        {
            ScheduleNext(next);
        }
    }

    private void Failed(long renewal, Exception failure)
    {
        _failures++;
        options.Log.Warning?.Log(
            failure,
            "The visibility of the message {MessageId} of {Queue} could not be renewed ({Failures} in a row); trying again",
            messageId,
            queue.Name,
            _failures);
        if (renewal == _nextRenewal)
        {
            ScheduleNext(options.Schedule.Backoff(_failures));
        }
    }

    private void Lost(Exception failure)
    {
        _lost = true;
        options.Log.Warning?.Log(
            failure,
            "The message {MessageId} of {Queue} is lost: SQS has given it to another receiver, or deleted it",
            messageId,
            queue.Name);
    }

    private void LimitReached()
    {
        _lost = true;
        options.Log.Warning?.Log(
            "The message {MessageId} of {Queue} has been held for {Limit}, which is the limit. It is not renewed; SQS will redeliver it",
            messageId,
            queue.Name,
            options.Schedule.Limit);
    }
}

/// <summary>What is the same for all messages of an endpoint.</summary>
/// <param name="InputAddress">The endpoint's address.</param>
/// <param name="Schedule">When visibility is renewed.</param>
/// <param name="RedeliveryDelay">How long a message stays hidden after its consumer failed, by the number of its deliveries.</param>
/// <param name="Log">Where warnings go; the clock's thread has no log context of its own.</param>
internal sealed record VisibilityOptions(Uri InputAddress, RenewalSchedule Schedule, Func<int, TimeSpan> RedeliveryDelay, ILogContext Log);

/// <summary>The queue that a message was received from, as far as its visibility needs it.</summary>
internal interface IVisibilityQueue
{
    string Name { get; }

    Task ChangeVisibility(string receiptHandle, TimeSpan visibility, CancellationToken cancellationToken);

    Task Delete(string receiptHandle);
}
