namespace MacroCausal.Search.Samplers;

/// <summary>The trials that l and g are estimated from, each in order of trial number.</summary>
internal sealed record GoodBadSplit(int[] Below, int[] Above)
{
    /// <summary>
    /// The best trials go below, all others above: the worse ones, failed ones, and ("constant liar") those that have no loss yet. A trial without a finite loss
    /// never counts as good, even where too few have one.
    /// </summary>
    public static GoodBadSplit Of(History history, TpeOptions options)
    {
        int[] below = [.. history.Best(options.Below(history.Observed)).Order()];
        List<int> above = [];
        for (var trial = history.End - 1; trial >= 0 && above.Count < options.MostAbove; trial--)
        {
            if (history.IsKnown(trial) && Array.BinarySearch(below, trial) < 0) above.Add(trial);
        }

        above.Reverse();
        return new GoodBadSplit(below, [.. above]);
    }
}
