using System.Collections.Concurrent;
using Amazon.SQS;

namespace MacroCausal.Cli.DeadLetters;

/// <summary>The dead-letter queues that a command is about, their messages held while it works.</summary>
internal sealed class HeldDeadLetters : IAsyncDisposable
{
    private const int MaxConcurrency = 8;

    private readonly IAmazonSQS _client;
    private readonly SqsCalls _sqs;
    private readonly TimeSpan _hold;
    private long _since;
    private List<DeadLetterQueue> _queues = [];
    private int _done;

    private HeldDeadLetters(TimeSpan hold)
    {
        _client = SqsCalls.Connect();
        _sqs = new SqsCalls(_client);
        _hold = hold;
    }

    public IReadOnlyList<DeadLetterQueue> Queues => _queues;

    public IEnumerable<DeadLetter> Letters => _queues.SelectMany(queue => queue.Letters);

    /// <summary>Messages that were replayed or deleted.</summary>
    public int Done => _done;

    /// <summary>Holds what is in the queues of those names; with none, in those of the services that exist.</summary>
    public static async Task<HeldDeadLetters> TakeAsync(IReadOnlyList<string> names, TimeSpan hold, CancellationToken cancellationToken)
    {
        var held = new HeldDeadLetters(hold);
        try
        {
            held._queues = await held.FindAsync(names, cancellationToken);
            held._since = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(held._queues.Select(queue => queue.HoldAsync(hold, cancellationToken)));
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends messages to the queue that each came from, or all to one.</summary>
    public async Task ReplayAsync(IReadOnlyList<DeadLetter> letters, string? to, CancellationToken cancellationToken)
    {
        var urls = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        foreach (var target in letters.Select(letter => TargetOf(letter, to)).Distinct())
        {
            urls[target] = await DeadLetterQueue.UrlOfAsync(_sqs, target, cancellationToken);
        }

        await EachAsync(
            letters,
            (queue, letter, token) => queue.ReplayAsync(letter, TargetOf(letter, to), urls[TargetOf(letter, to)], token),
            cancellationToken);
    }

    public Task PurgeAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) =>
        EachAsync(letters, (queue, letter, _) => queue.DeleteAsync(letter), cancellationToken);

    /// <summary>Where a message goes again.</summary>
    /// <exception cref="BadInputException">Nothing says so.</exception>
    public static string TargetOf(DeadLetter letter, string? to) => to ?? letter.From
        ?? throw new BadInputException(
            $"Nothing says which queue the message {letter.MessageId} of '{letter.Queue}' came from; name it with --to QUEUE.");

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_queues.Select(queue => queue.DisposeAsync().AsTask()));
        _client.Dispose();
    }

    private async Task<List<DeadLetterQueue>> FindAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll((names.Count > 0 ? names : DeadLetterQueueNames.All).Distinct().Select(async name =>
        {
            try
            {
                return await DeadLetterQueue.FindAsync(_sqs, name, cancellationToken);
            }
            catch (BadInputException) when (names.Count == 0)
            {
                // Nothing has failed there yet.
                return null;
            }
        }));
        return [.. found.OfType<DeadLetterQueue>()];
    }

    private Task EachAsync(
        IReadOnlyList<DeadLetter> letters,
        Func<DeadLetterQueue, DeadLetter, CancellationToken, Task> act,
        CancellationToken cancellationToken)
    {
        if (TimeProvider.System.GetElapsedTime(_since) >= _hold)
        {
            throw new BadInputException(
                $"The messages were held for {_hold.TotalSeconds:F0} seconds, which are over: others may have them. "
                + "Repeat the command, with a longer --hold where they are many.");
        }

        var queues = _queues.ToDictionary(queue => queue.Name, StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(letters, options, async (letter, token) =>
        {
            await act(queues[letter.Queue], letter, token);
            Interlocked.Increment(ref _done);
        });
    }
}
