namespace MacroCausal.Search.Schedulers;

/// <summary>A recorded loss; the lower is better, then the lower trial number. A loss that is not finite is held as infinity and so ranks last.</summary>
internal readonly record struct Ranked(double Loss, int Trial) : IComparable<Ranked>
{
    public static Ranked Of(int trial, double? loss) => new(loss is { } value && double.IsFinite(value) ? value : double.PositiveInfinity, trial);

    public int CompareTo(Ranked other)
    {
        var order = Loss.CompareTo(other.Loss);
        return order == 0 ? Trial.CompareTo(other.Trial) : order;
    }
}
