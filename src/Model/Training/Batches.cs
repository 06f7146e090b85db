namespace MacroCausal.Model.Training;

/// <summary>Cuts an epoch into steps.</summary>
internal static class Batches
{
    /// <summary>Consecutive ranges of <paramref name="size"/> rows; a last row alone joins the range before it, because batch normalisation cannot learn from one row.</summary>
    public static IEnumerable<(int Start, int Count)> Cut(int rows, int size)
    {
        for (int start = 0, count; start < rows; start += count)
        {
            var left = rows - start;
            count = left <= size || left == size + 1 ? left : size;
            yield return (start, count);
        }
    }

    /// <summary>No range of <see cref="Cut"/> has more rows.</summary>
    public static int Longest(int rows, int size) => (int)Math.Min(rows, size + 1L);
}
