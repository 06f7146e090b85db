namespace MacroCausal.Search.Samplers;

/// <summary>
/// The best few of any number of trials, in order. Invariant: every trial that is not kept is worse than every trial that is. Nearly all changes touch only the few;
/// where removals have left fewer than half, the owner fills it again from all trials.
/// </summary>
internal sealed class TopTrials(int capacity)
{
    private readonly List<Place> _places = new(capacity + 1);
    private bool _holdsAll = true;

    public IReadOnlyList<Place> Places => _places;

    public bool IsDepleted => !_holdsAll && _places.Count < capacity / 2;

    public void Put(Place place)
    {
        Remove(place.Trial);
        if (!_holdsAll && (_places.Count == 0 || place.CompareTo(_places[^1]) > 0)) return;
        _places.Insert(~_places.BinarySearch(place), place);
        if (_places.Count <= capacity) return;
        _places.RemoveAt(capacity);
        _holdsAll = false;
    }

    public void Remove(int trial)
    {
        var index = _places.FindIndex(place => place.Trial == trial);
        if (index >= 0) _places.RemoveAt(index);
    }

    public void Refill(IEnumerable<Place> all)
    {
        _places.Clear();
        _holdsAll = true;
        foreach (var place in all) Put(place);
    }
}

/// <summary>What a trial has reached: the higher rung is better, then the lower loss, then the lower number.</summary>
internal readonly record struct Place(int Level, double Loss, int Trial) : IComparable<Place>
{
    public int CompareTo(Place other)
    {
        var order = other.Level.CompareTo(Level);
        if (order == 0) order = Loss.CompareTo(other.Loss);
        return order == 0 ? Trial.CompareTo(other.Trial) : order;
    }
}
