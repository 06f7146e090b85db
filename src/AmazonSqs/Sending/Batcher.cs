using System.Threading.Channels;
using MacroCausal.AmazonSqs.Connection;
using MassTransit;

namespace MacroCausal.AmazonSqs.Sending;

/// <summary>
/// Collects single operations into batches for SQS and SNS: at most 10 entries and 960 KiB, waiting 1 ms for more. Every caller gets the
/// outcome of its own entry. Entries with a transient failure are retried with back-off.
/// </summary>
internal sealed class Batcher<T> : IAsyncDisposable
{
    public const int MaxEntries = 10;
    public const int MaxBytes = 960 * 1024;
    private const int MaxAttempts = 6;
    private const int MaxConcurrentCalls = 8;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan InitialBackoff = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Entry> _waiting = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _calls = new(MaxConcurrentCalls);
    private readonly Func<IReadOnlyList<T>, Task<IReadOnlyDictionary<int, BatchFailure>>> _call;
    private readonly Task _run;

    public Batcher(Func<IReadOnlyList<T>, Task<IReadOnlyDictionary<int, BatchFailure>>> call)
    {
        _call = call;
        _run = Task.Run(Run);
    }

    /// <exception cref="BatchEntryException">The service refused this entry.</exception>
    public Task Execute(T item, int size, CancellationToken cancellationToken)
    {
        var entry = new Entry(item, size);
        if (!_waiting.Writer.TryWrite(entry))
        {
            throw new ObjectDisposedException(nameof(Batcher<>), "The bus has stopped; nothing can be sent any more.");
        }

        return entry.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends the waiting entries, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run.ConfigureAwait(false);
        for (var i = 0; i < MaxConcurrentCalls; i++)
        {
            await _calls.WaitAsync().ConfigureAwait(false);
        }

        _calls.Dispose();
    }

    private async Task Run()
    {
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = new List<Entry>(MaxEntries);
            if (!Fill(batch))
            {
                await Task.Delay(Linger).ConfigureAwait(false);
                Fill(batch);
            }

            await _calls.WaitAsync().ConfigureAwait(false);
            _ = Send(batch);
        }
    }

    /// <summary>Adds waiting entries; true where the batch is full.</summary>
    private bool Fill(List<Entry> batch)
    {
        var bytes = batch.Sum(entry => entry.Size);
        while (batch.Count < MaxEntries && _waiting.Reader.TryPeek(out var next))
        {
            // A message over the batch's limit, but within SQS's, is sent alone.
            if (batch.Count > 0 && bytes + next.Size > MaxBytes) return true;
            _waiting.Reader.TryRead(out _);
            batch.Add(next);
            bytes += next.Size;
        }

        return batch.Count == MaxEntries;
    }

    private async Task Send(List<Entry> batch)
    {
        try
        {
            var pause = InitialBackoff;
            for (var attempt = 1; batch.Count > 0; attempt++, pause *= 2)
            {
                batch = await Attempt(batch, lastAttempt: attempt == MaxAttempts).ConfigureAwait(false);
                if (batch.Count > 0)
                {
                    await Task.Delay(pause).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _calls.Release();
        }
    }

    /// <summary>Makes one call; returns the entries to retry.</summary>
    private async Task<List<Entry>> Attempt(List<Entry> batch, bool lastAttempt)
    {
        try
        {
            var failures = await _call([.. batch.Select(entry => entry.Item)]).ConfigureAwait(false);
            return [.. batch.Where((entry, index) => !Settle(entry, failures.GetValueOrDefault(index), lastAttempt))];
        }
        catch (Exception exception) when (!lastAttempt && AwsErrors.IsTransient(exception))
        {
            return batch;
        }
        catch (Exception exception)
        {
            foreach (var entry in batch)
            {
                entry.Done.TrySetException(exception);
            }

            return [];
        }
    }

    private static bool Settle(Entry entry, BatchFailure? failure, bool lastAttempt)
    {
        if (failure is null) return entry.Done.TrySetResult();
        if (!failure.SenderFault && !lastAttempt) return false;
        entry.Done.TrySetException(new BatchEntryException(failure));
        return true;
    }

    private sealed record Entry(T Item, int Size)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The service's error for one entry of a batch.</summary>
/// <param name="Code">The service's error code.</param>
/// <param name="Message">What the service said.</param>
/// <param name="SenderFault">True where the same entry would be refused again; false where a retry may succeed.</param>
internal sealed record BatchFailure(string Code, string Message, bool SenderFault);

/// <summary>SQS or SNS accepted a batch, but refused this entry of it.</summary>
internal sealed class BatchEntryException(BatchFailure failure) : MassTransitException($"{failure.Code}: {failure.Message}")
{
    public string Code => failure.Code;
}
