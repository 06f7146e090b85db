using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>
/// What samplers know of a study's trials. The order in which trials became known leaves no trace. Values are kept in columns, the best
/// trials in order, so that a proposal neither sorts nor scans the history; a trial takes its values and some 45 bytes. Not safe for use by
/// several threads at once.
/// </summary>
public sealed class History
{
    /// <summary>The level of trials that reached the last epoch or ended early; above every rung.</summary>
    public const int Finished = int.MaxValue;

    /// <summary>Maximum number of trials that <see cref="Best"/> gives.</summary>
    public const int MaxBest = 32;

    private readonly TopTrials _best = new(2 * MaxBest);
    private readonly HashSet<ulong> _proposed = [];
    private readonly double[][] _columns;
    private Standing[] _standings = [];

    /// <summary>A history without trials.</summary>
    public History(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        Space = space;
        _columns = [.. space.Dimensions.Select(_ => Array.Empty<double>())];
    }

    /// <summary>The space that configurations are points of.</summary>
    public SearchSpace Space { get; }

    /// <summary>Number of trials that have a loss or have failed: n of the TPE paper.</summary>
    public int Observed { get; private set; }

    /// <summary>One more than the highest trial number so far.</summary>
    public int End { get; private set; }

    /// <summary>
    /// Adds a trial without a loss, which counts as one to keep away from; throws <see cref="ArgumentException"/> where the number or the
    /// space is wrong.
    /// </summary>
    public void Add(int trial, Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfNegative(trial);
        if (IsKnown(trial)) throw new ArgumentException($"Trial {trial} is in the history already.", nameof(trial));
        if (!configuration.Space.Equals(Space))
        {
            throw new ArgumentException($"The configuration of trial {trial} is of another search space.", nameof(configuration));
        }

        End = Math.Max(End, trial + 1);
        Reserve(End);
        var values = configuration.Values;
        for (var index = 0; index < values.Length; index++)
        {
            _columns[index][trial] = values[index];
        }

        _standings[trial].Phase = Phase.Pending;
        _proposed.Add(configuration.Fingerprint());
    }

    /// <summary>
    /// The trial's lowest loss so far, at a rung (<paramref name="level"/>, from 0) or at its end (<see cref="Finished"/>); one that is not
    /// finite ranks last.
    /// </summary>
    public void Observe(int trial, int level, double? loss)
    {
        ref var standing = ref Known(trial);
        var finite = loss is { } value && double.IsFinite(value) ? value : double.PositiveInfinity;
        CountAsObserved(standing);
        standing = new Standing { Phase = Phase.Observed, Level = level, Loss = finite };
        if (double.IsFinite(finite))
        {
            _best.Put(new Place(level, finite, trial));
        }
        else
        {
            _best.Remove(trial);
        }

        Replenish();
    }

    /// <summary>The trial could not be trained; it ranks last.</summary>
    public void Fail(int trial)
    {
        ref var standing = ref Known(trial);
        CountAsObserved(standing);
        standing = new Standing { Phase = Phase.Failed, Loss = double.PositiveInfinity };
        _best.Remove(trial);
        Replenish();
    }

    /// <summary>A trial that failed is tried again: it stands as one without a loss, until one is observed.</summary>
    public void Retry(int trial)
    {
        ref var standing = ref Known(trial);
        if (standing.Phase != Phase.Failed) return;
        Observed--;
        standing = new Standing { Phase = Phase.Pending };
    }

    /// <summary>Whether a trial has this configuration.</summary>
    public bool Contains(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return _proposed.Contains(configuration.Fingerprint());
    }

    /// <summary>
    /// The best trials with a finite loss, best first, at most <paramref name="count"/> and <see cref="MaxBest"/>: finished ones by loss,
    /// then others by rung and loss.
    /// </summary>
    public IReadOnlyList<int> Best(int count) => [.. _best.Places.Take(Math.Min(count, MaxBest)).Select(place => place.Trial)];

    /// <summary>Whether there is a trial of this number.</summary>
    public bool IsKnown(int trial) => (uint)trial < (uint)End && _standings[trial].Phase != Phase.Unknown;

    /// <summary>The values of a dimension by trial number.</summary>
    internal ReadOnlySpan<double> Column(int dimension) => _columns[dimension].AsSpan(0, End);

    private ref Standing Known(int trial)
    {
        if (!IsKnown(trial)) throw new ArgumentException($"Trial {trial} is not in the history; add it first.", nameof(trial));
        return ref _standings[trial];
    }

    private void CountAsObserved(Standing before)
    {
        if (before.Phase == Phase.Pending)
        {
            Observed++;
        }
    }

    private void Replenish()
    {
        if (_best.IsDepleted)
        {
            _best.Refill(Ranked());
        }
    }

    private IEnumerable<Place> Ranked() =>
        Enumerable.Range(0, End)
            .Where(trial => _standings[trial].Phase == Phase.Observed && double.IsFinite(_standings[trial].Loss))
            .Select(trial => new Place(_standings[trial].Level, _standings[trial].Loss, trial));

    private void Reserve(int count)
    {
        if (count <= _standings.Length) return;
        var size = Math.Max(count, Math.Max(16, _standings.Length + (_standings.Length / 2)));
        Array.Resize(ref _standings, size);
        for (var index = 0; index < _columns.Length; index++)
        {
            Array.Resize(ref _columns[index], size);
        }
    }

    private enum Phase : byte
    {
        Unknown,
        Pending,
        Observed,
        Failed,
    }

    private struct Standing
    {
        public double Loss;
        public int Level;
        public Phase Phase;
    }
}

/// <summary>
/// The top trials of any number, in order. Invariant: every trial that is not kept is worse than every trial that is. Nearly all changes
/// touch only these few; where removals have left fewer than half, the owner fills it again from all trials.
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
        if (index >= 0)
        {
            _places.RemoveAt(index);
        }
    }

    public void Refill(IEnumerable<Place> all)
    {
        _places.Clear();
        _holdsAll = true;
        foreach (var place in all)
        {
            Put(place);
        }
    }
}

/// <summary>What a trial has reached: the higher rung is better, then the lower loss, then the lower number.</summary>
internal readonly record struct Place(int Level, double Loss, int Trial) : IComparable<Place>
{
    public int CompareTo(Place other)
    {
        var order = other.Level.CompareTo(Level);
        if (order == 0)
        {
            order = Loss.CompareTo(other.Loss);
        }

        return order == 0 ? Trial.CompareTo(other.Trial) : order;
    }
}
