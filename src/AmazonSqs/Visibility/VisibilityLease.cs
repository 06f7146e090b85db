using MacroCausal.AmazonSqs.Connection;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>
/// Holds a message while it is consumed: keeps it hidden from others, deletes it at the end, or gives it back. A renewal that fails is tried again until SQS says that the
/// message is lost; one that gets no answer is tried again too, because the answer may be waiting for a thread.
/// </summary>
internal sealed class VisibilityLease(ILeasedQueue queue, string messageId, string receiptHandle, LeaseTerms terms, VisibilityClock clock, TimeProvider time) : ReceiveLockContext
{
    private readonly object _gate = new();
    private string _receiptHandle = receiptHandle;
    private long _heldSince = time.GetTimestamp();
    private long _turn;
    private int _failures;
    private bool _over;
    private bool _lost;

    /// <summary>Starts the renewals.</summary>
    public void Start()
    {
        lock (_gate) ScheduleNext(terms.Plan.FirstRenewal);
    }

    /// <summary>The message was received once more while it is held here: from now on it is held by the newer receipt. False where it is no longer held.</summary>
    public bool Adopt(string newerReceiptHandle)
    {
        lock (_gate)
        {
            if (_over) return false;
            (_receiptHandle, _heldSince, _lost, _failures) = (newerReceiptHandle, time.GetTimestamp(), false, 0);
            ScheduleNext(terms.Plan.FirstRenewal);
            return true;
        }
    }

    public async Task Complete()
    {
        var receipt = End();
        try
        {
            await queue.Delete(receipt).ConfigureAwait(false);
        }
        catch (Exception exception) when (AwsErrors.IsLost(exception))
        {
            terms.Log.Warning?.Log(exception, "The message {MessageId} of {Queue} was consumed, but somebody else may have received it meanwhile", messageId, queue.Name);
        }
    }

    public Task Faulted(Exception exception) => GiveBack(terms.RedeliverAfter());

    /// <summary>Gives the message back at once, whether its consumer has finished or not.</summary>
    public Task Release() => GiveBack(TimeSpan.Zero);

    public Task ValidateLockStatus()
    {
        lock (_gate)
        {
            return _lost ? Task.FromException(new TransportException(terms.InputAddress, $"The message {messageId} was lost: its visibility ran out.")) : Task.CompletedTask;
        }
    }

    private async Task GiveBack(TimeSpan after)
    {
        lock (_gate)
        {
            if (_over) return;
        }

        try
        {
            await queue.ChangeVisibility(End(), after, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            terms.Log.Warning?.Log(exception, "The message {MessageId} could not be given back to {Queue}; it comes back when its visibility runs out", messageId, queue.Name);
        }
    }

    private string End()
    {
        lock (_gate)
        {
            _over = true;
            return _receiptHandle;
        }
    }

    private void ScheduleNext(TimeSpan delay)
    {
        // A turn that was scheduled before is passed over when it comes.
        var turn = ++_turn;
        clock.Schedule(delay, () => Renew(turn));
    }

    private void Renew(long turn)
    {
        string receipt;
        TimeSpan renewal;
        lock (_gate)
        {
            if (_over || _lost || turn != _turn) return;
            receipt = _receiptHandle;
            renewal = terms.Plan.Renewal(time.GetElapsedTime(_heldSince));
            if (renewal <= TimeSpan.Zero)
            {
                _lost = true;
                terms.Log.Warning?.Log("The message {MessageId} of {Queue} has been held for {Limit}, which is the limit. It is not renewed any more, and SQS will give it to somebody else", messageId, queue.Name, terms.Plan.Limit);
                return;
            }

            ScheduleNext(terms.Plan.AnswerWithin);
            turn = _turn;
        }

        _ = Renew(receipt, renewal, turn);
    }

    private async Task Renew(string receipt, TimeSpan renewal, long turn)
    {
        var started = time.GetTimestamp();
        Exception? failure = null;
        try
        {
            using var patience = new CancellationTokenSource(terms.Plan.AnswerWithin * 2);
            await queue.ChangeVisibility(receipt, renewal, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        lock (_gate)
        {
            if (_over || receipt != _receiptHandle) return;
            if (failure is null) Renewed(turn, RenewalPlan.After(renewal) - time.GetElapsedTime(started));
            else if (AwsErrors.IsLost(failure)) Lost(failure);
            else Failed(turn, failure);
        }
    }

    private void Renewed(long turn, TimeSpan next)
    {
        _failures = 0;
        if (turn == _turn) ScheduleNext(next);
    }

    private void Lost(Exception failure)
    {
        _lost = true;
        terms.Log.Warning?.Log(failure, "The message {MessageId} of {Queue} is lost: SQS has given it to somebody else, or deleted it", messageId, queue.Name);
    }

    private void Failed(long turn, Exception failure)
    {
        _failures++;
        terms.Log.Warning?.Log(failure, "The visibility of the message {MessageId} of {Queue} could not be renewed ({Failures} in a row); trying again", messageId, queue.Name, _failures);
        if (turn == _turn) ScheduleNext(RenewalPlan.Pause(_failures));
    }
}
