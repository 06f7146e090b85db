namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>Knows whether an endpoint still polls: it must within the time of a long poll, unless it has no free slot.</summary>
/// <param name="wait">The time of a long poll.</param>
/// <param name="time">The clock.</param>
internal sealed class PollWatch(TimeSpan wait, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private long _since = time.GetTimestamp();
    private bool _isSilent;

    /// <summary>Maximum time between two polls of an endpoint with a free slot: that of a long poll, and 15 seconds.</summary>
    public TimeSpan Limit { get; } = wait + Margin;

    /// <summary>A poll was answered. True where the endpoint had been silent.</summary>
    public bool Polled()
    {
        lock (_lock)
        {
            var wasSilent = _isSilent;
            (_since, _isSilent) = (time.GetTimestamp(), false);
            return wasSilent;
        }
    }

    /// <summary>True once, when the limit has passed since the last poll or since the last free slot came.</summary>
    public bool IsSilent(int freeSlots)
    {
        lock (_lock)
        {
            if (freeSlots <= 0)
            {
                _since = time.GetTimestamp();
            }

            if (_isSilent || time.GetElapsedTime(_since) <= Limit) return false;
            return _isSilent = true;
        }
    }
}
