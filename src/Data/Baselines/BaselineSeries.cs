using MacroCausal.Data.Preparation;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// The rows of a table in date order, as a baseline may see them: the first are to fit on, and at any row the features of that row and the
/// targets of <see cref="Horizon"/> rows before it and earlier are known, nothing else.
/// </summary>
public sealed class BaselineSeries
{
    private readonly double[] _target;
    private readonly (int Start, FeatureMatrix Rows)[] _parts;
    private readonly int[] _group;
    private readonly int[][] _members;
    private readonly string[] _names;
    private readonly int[] _position;

    /// <summary>A series of scaled rows.</summary>
    /// <param name="target">The scaled target of every row, [N]; also of rows that lie between two splits.</param>
    /// <param name="train">The rows to fit on, the first ones.</param>
    /// <param name="later">Splits to forecast, with the row at which each begins.</param>
    /// <param name="dates">Dates of all rows; null where the order is all that is known.</param>
    /// <param name="groups">Group of every row in a panel; null where there is one series.</param>
    public BaselineSeries(
        double[] target, FeatureMatrix train, IReadOnlyList<(int Start, FeatureMatrix Rows)> later,
        IReadOnlyList<DateTimeOffset>? dates = null, IReadOnlyList<string>? groups = null)
    {
        _target = target;
        _parts = [(0, train), .. later];
        TrainRows = train.Rows;
        Features = train.Names.Count;
        (_group, _members, _names) = GroupRows(target.Length, groups);
        _position = Positions(dates);
    }

    /// <summary>Number of rows to fit on; these are the rows from 0.</summary>
    public int TrainRows { get; }

    /// <summary>Number of features that baselines see, the first ones of a row. Default: all.</summary>
    public int Features { get; init; }

    /// <summary>How many rows ahead the target lies, 1 or more: the newest target known at a row is that of so many rows before.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>Rows of a year; 0 or 1 where there is no season.</summary>
    public int Season { get; init; }

    /// <summary>Whether two years of training rows are there at least, so that a year back there was something to learn from.</summary>
    public bool HasSeason => Season > 1 && TrainRows >= 2 * Season;

    /// <summary>The ridge regression on the features, once it was fitted.</summary>
    internal LinearModel? Ridge { get; set; }

    /// <summary>Training and validation rows that follow each other, without dates or groups.</summary>
    public static BaselineSeries Of(FeatureMatrix train, FeatureMatrix validation, int horizon = 1, int season = 0)
    {
        ThrowIfNoTarget(train);
        ThrowIfNoTarget(validation);
        double[] target = [.. train.Target!.Concat(validation.Target!).Select(value => (double)value)];
        return new BaselineSeries(target, train, [(train.Rows, validation)]) { Horizon = horizon, Season = season };
    }

    /// <summary>The scaled target of a row, to fit on or to judge by.</summary>
    public double Target(int row) => _target[row];

    /// <summary>
    /// The target that many rows earlier in the row's group, NaN where there is none. Rows of one date count from the first of them, since
    /// none of their targets is known to another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The lag is below the horizon: that target is not known yet.</exception>
    public double Lag(int row, int lag)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lag, Horizon);
        var index = _position[row] - lag;
        return index < 0 ? double.NaN : _target[_members[_group[row]][index]];
    }

    /// <summary>The same, 0 where there is none: the mean of the scaled target over the training rows.</summary>
    public double LagOrMean(int row, int lag) => Lag(row, lag) is var value && double.IsNaN(value) ? 0 : value;

    /// <summary>The features of a row of one of the splits.</summary>
    public ReadOnlySpan<float> Row(int row)
    {
        foreach (var (start, rows) in _parts)
        {
            if (row >= start && row < start + rows.Rows) return rows.Row(row - start)[..Features];
        }

        throw new ArgumentOutOfRangeException(nameof(row), row, "This row belongs to no split; forecast rows of a split.");
    }

    /// <summary>
    /// Fits every group on its own training rows. A group with fewer than <paramref name="minimumRows"/> of them is forecast by what is
    /// fitted on the rows of all groups.
    /// </summary>
    public FittedSums FitByGroup(Func<int[], LagSum> fit, int minimumRows)
    {
        var pooled = fit([.. Enumerable.Range(0, TrainRows)]);
        if (_members.Length == 1) return new FittedSums(pooled);
        var own = new SortedDictionary<string, LagSum>(StringComparer.Ordinal);
        foreach (var (group, members) in _members.Index())
        {
            int[] rows = [.. members.TakeWhile(row => row < TrainRows)];
            if (rows.Length >= minimumRows) own.Add(_names[group], fit(rows));
        }

        return new FittedSums(pooled, own);
    }

    /// <summary>The group of a row; empty where there is one series.</summary>
    public string GroupOf(int row) => _names[_group[row]];

    private static (int[] Group, int[][] Members, string[] Names) GroupRows(int rows, IReadOnlyList<string>? groups)
    {
        if (groups is null) return (new int[rows], [[.. Enumerable.Range(0, rows)]], [""]);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var members = new List<List<int>>();
        var group = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            if (numbers.TryAdd(groups[row], members.Count)) members.Add([]);
            group[row] = numbers[groups[row]];
            members[group[row]].Add(row);
        }

        return (group, [.. members.Select(list => list.ToArray())], [.. numbers.OrderBy(name => name.Value).Select(name => name.Key)]);
    }

    private int[] Positions(IReadOnlyList<DateTimeOffset>? dates)
    {
        var positions = new int[_target.Length];
        foreach (var members in _members)
        {
            for (var i = 0; i < members.Length; i++)
            {
                var repeats = i > 0 && dates is not null && dates[members[i]] == dates[members[i - 1]];
                positions[members[i]] = repeats ? positions[members[i - 1]] : i;
            }
        }

        return positions;
    }

    private static void ThrowIfNoTarget(FeatureMatrix table)
    {
        if (table.Target is not null) return;
        throw new ArgumentException("A baseline needs the target; prepare the rows from a table that has one.", nameof(table));
    }
}
