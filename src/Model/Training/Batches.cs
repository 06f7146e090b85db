namespace MacroCausal.Model.Training;

/// <summary>Cuts an epoch into steps, and orders its rows.</summary>
internal static class Batches
{
    /// <summary>
    /// Consecutive ranges of <paramref name="size"/> rows; a last row alone joins the range before it, because batch normalisation cannot
    /// learn from one row.
    /// </summary>
    public static IEnumerable<(int Start, int Count)> Cut(int rows, int size)
    {
        for (int start = 0, count; start < rows; start += count)
        {
            var left = rows - start;
            count = left <= size || left == size + 1 ? left : size;
            yield return (start, count);
        }
    }

    /// <summary>Maximum number of rows of a range of <see cref="Cut"/>.</summary>
    public static int MaxRows(int rows, int size) => (int)Math.Min(rows, size + 1L);

    /// <summary>The order in which an epoch sees its rows: a permutation of 0 to <paramref name="rows"/> - 1.</summary>
    public static int[] Order(long seed, int epoch, int rows)
    {
        var order = new int[rows];
        new TrialRandom(seed, Purpose.Shuffle, epoch).Permute(order);
        return order;
    }
}
