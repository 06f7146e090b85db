using System.Buffers;

namespace MacroCausal.Data.Preparation;

/// <summary>Mean and population standard deviation of finite numbers.</summary>
internal readonly record struct Moments(double Mean, double Scale)
{
    /// <summary>Two passes over numbers divided by the largest, so that neither huge nor tiny ones overflow or vanish.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        var largest = 0.0;
        foreach (var value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        if (largest == 0) return new Moments(0, 0);

        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value / largest;
        }

        var mean = sum / values.Length;

        var squares = 0.0;
        foreach (var value in values)
        {
            squares += Math.Pow((value / largest) - mean, 2);
        }

        return new Moments(mean * largest, Math.Sqrt(squares / values.Length) * largest);
    }

    /// <summary>The middle of some numbers in their order, or of the two in the middle; leaves them in another order.</summary>
    public static double Median(Span<double> values)
    {
        var half = values.Length / 2;
        Select(values, half);
        return values.Length % 2 == 1 ? values[half] : (Largest(values[..half]) / 2) + (values[half] / 2);
    }

    // Hoare's quickselect: brings to its place what would be at an index were the numbers sorted, the smaller ones before it.
    private static void Select(Span<double> values, int index)
    {
        var (from, to) = (0, values.Length - 1);
        while (from < to)
        {
            var pivot = values[from + ((to - from) / 2)];
            var (left, right) = (from, to);
            while (left <= right)
            {
                while (values[left] < pivot)
                {
                    left++;
                }

                while (values[right] > pivot)
                {
                    right--;
                }

                if (left > right) continue;
                (values[left], values[right]) = (values[right], values[left]);
                left++;
                right--;
            }

            if (index <= right)
            {
                to = right;
            }
            else if (index >= left)
            {
                from = left;
            }
            else
            {
                return;
            }
        }
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }
}

/// <summary>Room for the numbers of a column, used again for the next one, so that large tables leave no garbage behind.</summary>
internal sealed class ColumnBuffer(int capacity) : IDisposable
{
    private readonly double[] _numbers = ArrayPool<double>.Shared.Rent(Math.Max(1, capacity));
    private int _count;

    /// <summary>The numbers that were added.</summary>
    public Span<double> Span => _numbers.AsSpan(0, _count);

    public void Add(double number) => _numbers[_count++] = number;

    public void Dispose() => ArrayPool<double>.Shared.Return(_numbers);
}
