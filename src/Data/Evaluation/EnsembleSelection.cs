using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Evaluation;

/// <summary>
/// Greedy selection of an ensemble with replacement (Caruana et al., 2004): the forecast joins that lowers the mean squared error of the
/// mean most, again and again; of all stages the one with the lowest error is taken.
/// </summary>
public static class EnsembleSelection
{
    /// <summary>Selects members.</summary>
    /// <param name="errors">Forecast less target of every candidate, [T][N]; one candidate or more.</param>
    /// <param name="weights">Weight of every row, [N], 0 or more; such as how often it was drawn.</param>
    /// <param name="size">Maximum number of selections, 1 or more.</param>
    /// <returns>How often each candidate was selected, [T]; one at least was.</returns>
    public static int[] Select(IReadOnlyList<double[]> errors, double[] weights, int size)
    {
        ArgumentOutOfRangeException.ThrowIfZero(errors.Count, nameof(errors));
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        double[] squares = [.. errors.Select(error => WeightedDot(weights, error, error))];
        var (sum, weighted) = (new double[weights.Length], new double[weights.Length]);
        var (sumOfSquares, order) = (0.0, new List<int>(size));
        var (best, bestLoss) = (0, double.PositiveInfinity);
        for (var members = 1; members <= size; members++)
        {
            // |sum + error|^2, for each candidate that may join.
            double Joined(int candidate) => sumOfSquares + (2 * Dot(weighted, errors[candidate])) + squares[candidate];
            var joining = Enumerable.Range(0, errors.Count).MinBy(Joined);
            sumOfSquares = Joined(joining);
            for (var row = 0; row < sum.Length; row++)
            {
                sum[row] += errors[joining][row];
                weighted[row] = weights[row] * sum[row];
            }

            order.Add(joining);
            var loss = sumOfSquares / ((double)members * members);
            if (loss < bestLoss)
            {
                (best, bestLoss) = (members, loss);
            }
        }

        var counts = new int[errors.Count];
        foreach (var member in order.Take(best))
        {
            counts[member]++;
        }

        return counts;
    }

    /// <summary>The errors of the weighted mean, [N].</summary>
    /// <param name="errors">Errors of every candidate, [T][N].</param>
    /// <param name="counts">How often each was selected, [T]; not all 0.</param>
    public static double[] Mean(IReadOnlyList<double[]> errors, int[] counts)
    {
        double total = counts.Sum();
        var mean = new double[errors[0].Length];
        foreach (var (candidate, count) in counts.Index().Where(candidate => candidate.Item > 0))
        {
            for (var row = 0; row < mean.Length; row++)
            {
                mean[row] += count / total * errors[candidate][row];
            }
        }

        return mean;
    }

    private static double WeightedDot(double[] weights, double[] a, double[] b)
    {
        var sum = 0.0;
        for (var row = 0; row < weights.Length; row++)
        {
            sum += weights[row] * a[row] * b[row];
        }

        return sum;
    }
}

/// <summary>
/// Why an ensemble is better than its members: the squared error of the mean is the mean squared error of the members less their spread
/// (Krogh and Vedelsby, 1995). Errors in the target's unit, squared.
/// </summary>
/// <param name="Loss">Mean squared error of the mean.</param>
/// <param name="MemberLoss">Weighted mean of the members' squared errors.</param>
public readonly record struct EnsembleGain(double Loss, double MemberLoss)
{
    /// <summary>Mean squared distance of the members from their mean, 0 or more.</summary>
    public double Spread => MemberLoss - Loss;

    /// <summary>The gain of an ensemble.</summary>
    /// <param name="errors">Errors of every candidate, [T][N].</param>
    /// <param name="counts">How often each was selected, [T]; not all 0.</param>
    public static EnsembleGain Of(IReadOnlyList<double[]> errors, int[] counts)
    {
        double total = counts.Sum();
        var members = errors.Zip(counts, (error, count) => count / total * error.Average(value => value * value)).Sum();
        return new EnsembleGain(EnsembleSelection.Mean(errors, counts).Average(value => value * value), members);
    }
}
