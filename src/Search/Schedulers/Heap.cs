namespace MacroCausal.Search.Schedulers;

/// <summary>A binary heap of recorded losses in one array, 16 bytes each; half of what <see cref="PriorityQueue{TElement, TPriority}"/> takes.</summary>
internal sealed class Heap(bool worstFirst)
{
    private readonly List<Ranked> _items = [];

    public int Count => _items.Count;

    public Ranked Top => _items[0];

    public void Push(Ranked item)
    {
        _items.Add(item);
        var index = _items.Count - 1;
        for (var parent = (index - 1) / 2; index > 0 && Precedes(item, _items[parent]); parent = (index - 1) / 2)
        {
            _items[index] = _items[parent];
            index = parent;
        }

        _items[index] = item;
    }

    public Ranked Pop()
    {
        var top = _items[0];
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (_items.Count > 0) Sink(last);
        return top;
    }

    private void Sink(Ranked item)
    {
        var index = 0;
        for (var child = 1; child < _items.Count; child = (2 * index) + 1)
        {
            if (child + 1 < _items.Count && Precedes(_items[child + 1], _items[child])) child++;
            if (!Precedes(_items[child], item)) break;
            _items[index] = _items[child];
            index = child;
        }

        _items[index] = item;
    }

    private bool Precedes(Ranked left, Ranked right) => worstFirst ? left.CompareTo(right) > 0 : left.CompareTo(right) < 0;
}
