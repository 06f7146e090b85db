namespace MacroCausal.Search.Schedulers;

/// <summary>
/// A growing set in two parts: its best few, whose number never falls, and the rest. Adding takes O(log n), reading the border O(1).
/// </summary>
internal sealed class TopFraction
{
    private readonly Heap _best = new(worstFirst: true);
    private readonly Heap _rest = new(worstFirst: false);

    public int Count => _best.Count + _rest.Count;

    /// <summary>The worst of the best; null where that part is empty.</summary>
    public Ranked? LastOfBest => _best.Count > 0 ? _best.Top : null;

    /// <summary>The best of the rest; null where there is no rest.</summary>
    public Ranked? FirstOfRest => _rest.Count > 0 ? _rest.Top : null;

    /// <summary>Adds one, then keeps the best <paramref name="count"/> in the first part.</summary>
    public void Add(Ranked item, int count)
    {
        _best.Push(item);
        _rest.Push(_best.Pop());
        while (_best.Count < count)
        {
            _best.Push(_rest.Pop());
        }
    }
}

/// <summary>
/// A binary heap of recorded losses in one array, 16 bytes each; half of what <see cref="PriorityQueue{TElement, TPriority}"/> takes.
/// </summary>
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
        if (_items.Count > 0)
        {
            Sink(last);
        }

        return top;
    }

    private void Sink(Ranked item)
    {
        var index = 0;
        for (var child = 1; child < _items.Count; child = (2 * index) + 1)
        {
            if (child + 1 < _items.Count && Precedes(_items[child + 1], _items[child]))
            {
                child++;
            }

            if (!Precedes(_items[child], item)) break;
            _items[index] = _items[child];
            index = child;
        }

        _items[index] = item;
    }

    private bool Precedes(Ranked left, Ranked right) => worstFirst ? left.CompareTo(right) > 0 : left.CompareTo(right) < 0;
}

/// <summary>
/// A recorded loss; the lower is better, then the lower trial number. A loss that is not finite is held as infinity and so ranks last.
/// </summary>
internal readonly record struct Ranked(double Loss, int Trial) : IComparable<Ranked>
{
    public static Ranked Of(int trial, double? loss) =>
        new(loss is { } value && double.IsFinite(value) ? value : double.PositiveInfinity, trial);

    public int CompareTo(Ranked other)
    {
        var order = Loss.CompareTo(other.Loss);
        return order == 0 ? Trial.CompareTo(other.Trial) : order;
    }
}
