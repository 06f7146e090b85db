namespace MacroCausal.Model.Training;

/// <summary>The order in which an epoch sees its rows.</summary>
internal static class EpochOrder
{
    public static int[] Of(long seed, int epoch, int rows)
    {
        var order = new int[rows];
        new TrialRandom(seed, Purpose.Shuffle, epoch).Permute(order);
        return order;
    }
}
