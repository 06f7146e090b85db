namespace MacroCausal.Search.Schedulers;

/// <summary>A growing set cut in two: its best few, whose number never falls, and the rest. Adding takes O(log n), looking at the cut O(1).</summary>
internal sealed class TopFraction
{
    private readonly Heap _best = new(worstFirst: true);
    private readonly Heap _rest = new(worstFirst: false);

    public int Count => _best.Count + _rest.Count;

    /// <summary>The worst of the best; null where the share is empty.</summary>
    public Ranked? LastOfBest => _best.Count > 0 ? _best.Top : null;

    /// <summary>The best of the rest; null where there is no rest.</summary>
    public Ranked? FirstOfRest => _rest.Count > 0 ? _rest.Top : null;

    /// <summary>Adds one, then holds the best <paramref name="share"/> apart.</summary>
    public void Add(Ranked item, int share)
    {
        _best.Push(item);
        _rest.Push(_best.Pop());
        while (_best.Count < share) _best.Push(_rest.Pop());
    }
}
