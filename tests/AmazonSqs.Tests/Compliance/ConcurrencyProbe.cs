using MacroCausal.AmazonSqs.Tests.Buses;

namespace MacroCausal.AmazonSqs.Tests.Compliance;

/// <summary>Lets nobody leave until <paramref name="size"/> are inside, and counts how many ever were.</summary>
internal sealed class ConcurrencyProbe(int size)
{
    private readonly object _gate = new();
    private TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private int _waiting;

    public int Most { get; private set; }

    public Inbox<int> Left { get; } = new();

    public async Task Enter()
    {
        Task full;
        lock (_gate)
        {
            Most = Math.Max(Most, ++_inside);
            full = _full.Task;
            if (++_waiting == size)
            {
                _full.SetResult();
                (_full, _waiting) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
            }
        }

        await full;
        lock (_gate) _inside--;
        Left.Put(0);
    }
}
