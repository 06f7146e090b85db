using MathNet.Numerics.Distributions;
using static MacroCausal.Data.VectorMath;

namespace MacroCausal.Data.Evaluation;

/// <summary>Tests whether two forecasts of the same rows are equally good.</summary>
public static class ForecastTests
{
    /// <summary>
    /// Diebold and Mariano (1995) on squared errors, with the correction for small samples of Harvey, Leybourne and Newbold (1997). The
    /// statistic is below 0 where the first forecast is better; the p-value is two-sided, of t with n - 1 degrees. Where the variance is
    /// not positive the autocovariances get Bartlett's weights. Two forecasts that differ nowhere have the statistic 0 and the p-value 1.
    /// </summary>
    /// <param name="errors">Errors of the first forecast, [N], two or more.</param>
    /// <param name="otherErrors">Errors of the second, [N].</param>
    /// <param name="horizon">How many rows ahead the forecasts are, 1 or more.</param>
    public static TestResult DieboldMariano(IReadOnlyList<double> errors, IReadOnlyList<double> otherErrors, int horizon = 1)
    {
        ThrowUnlessAlike(errors, otherErrors);
        double[] differences = [.. errors.Zip(otherErrors, (a, b) => (a * a) - (b * b))];
        double n = differences.Length;
        var correction = Math.Sqrt(Math.Max(0, n + 1 - (2 * horizon) + (horizon * (horizon - 1) / n)) / n);
        var statistic = correction * RatioToError(differences, horizon);
        return new TestResult(statistic, 2 * StudentT.CDF(0, 1, n - 1, -Math.Abs(statistic)));
    }

    /// <summary>
    /// The mean difference of squared errors and its 95 % interval, which holds 0 where <see cref="DieboldMariano"/> does not reject at
    /// 5 %. One of no width where the forecasts differ nowhere.
    /// </summary>
    public static (double Mean, Interval Interval) Difference(
        IReadOnlyList<double> errors, IReadOnlyList<double> otherErrors, int horizon = 1)
    {
        var mean = errors.Zip(otherErrors, (a, b) => (a * a) - (b * b)).Average();
        var statistic = Math.Abs(DieboldMariano(errors, otherErrors, horizon).Statistic);
        var half = statistic > 0 ? Math.Abs(mean) / statistic * StudentT.InvCDF(0, 1, errors.Count - 1, 0.975) : 0;
        return (mean, new Interval(mean - half, mean + half));
    }

    /// <summary>
    /// Clark and West (2007): whether a larger model that nests a smaller one is better. The larger model's squared error is lowered by
    /// what its needless parameters cost. The p-value is one-sided: small where the larger model is better.
    /// </summary>
    /// <param name="target">The targets, [N], two or more.</param>
    /// <param name="smaller">Forecasts of the smaller model, [N].</param>
    /// <param name="larger">Forecasts of the larger one, [N].</param>
    /// <param name="horizon">How many rows ahead the forecasts are, 1 or more.</param>
    public static TestResult ClarkWest(
        IReadOnlyList<double> target, IReadOnlyList<double> smaller, IReadOnlyList<double> larger, int horizon = 1)
    {
        ThrowUnlessAlike(target, smaller);
        ThrowUnlessAlike(target, larger);
        double[] differences = [.. target.Select((value, i) =>
            Square(value - smaller[i]) - (Square(value - larger[i]) - Square(smaller[i] - larger[i])))];
        var statistic = RatioToError(differences, horizon);
        return new TestResult(statistic, Normal.CDF(0, 1, -statistic));
    }

    // The mean over its standard error, which takes the correlation of forecasts that overlap into account.
    private static double RatioToError(double[] differences, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        var mean = differences.Average();
        double[] centred = [.. differences.Select(value => value - mean)];
        double[] covariances = [.. Enumerable.Range(0, Math.Min(horizon, centred.Length))
            .Select(lag => Dot(centred.AsSpan(lag), centred.AsSpan(0, centred.Length - lag)) / centred.Length)];
        var variance = covariances[0] + (2 * covariances.Skip(1).Sum());
        if (variance <= 0)
        {
            variance = covariances[0] + (2 * covariances.Index().Skip(1).Sum(lag => (1 - (lag.Index / (double)horizon)) * lag.Item));
        }

        return mean == 0 ? 0 : mean / Math.Sqrt(variance / centred.Length);
    }

    private static void ThrowUnlessAlike(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        if (left.Count == right.Count && left.Count >= 2) return;
        throw new ArgumentException(
            $"Forecasts of {left.Count} and {right.Count} rows cannot be compared; two or more of the same rows can.");
    }

    private static double Square(double value) => value * value;
}

/// <summary>What a test says.</summary>
/// <param name="Statistic">The statistic.</param>
/// <param name="PValue">How often it is as large where there is no difference, 0 to 1.</param>
public readonly record struct TestResult(double Statistic, double PValue);
