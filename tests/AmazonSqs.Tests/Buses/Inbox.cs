using System.Threading.Channels;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>What arrived, for a test that waits for it.</summary>
internal sealed class Inbox<T>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<T> _arrived = Channel.CreateUnbounded<T>();

    public int Waiting => _arrived.Reader.Count;

    public void Put(T arrived) => _arrived.Writer.TryWrite(arrived).ShouldBeTrue();

    public async Task<T> Next() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<List<T>> Take(int count)
    {
        var taken = new List<T>();
        while (taken.Count < count) taken.Add(await Next());
        return taken;
    }
}
