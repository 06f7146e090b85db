using System.Threading.Channels;
using MacroCausal.TestKit;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>Collects what arrives, for a test that waits for it.</summary>
internal sealed class Inbox<T>
{
    private readonly Channel<T> _arrived = Channel.CreateUnbounded<T>();

    public int Waiting => _arrived.Reader.Count;

    /// <summary>Puts at once; a completed task, so that a message handler can return it.</summary>
    public Task Put(T arrived)
    {
        _arrived.Writer.TryWrite(arrived).ShouldBeTrue();
        return Task.CompletedTask;
    }

    public async Task<T> Next() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    public async Task<List<T>> Take(int count)
    {
        var taken = new List<T>();
        while (taken.Count < count)
        {
            taken.Add(await Next());
        }

        return taken;
    }
}
