namespace MacroCausal.Search.Samplers;

/// <summary>A normal distribution truncated to an interval: the kernel of numeric hyperparameters. Exact however far the interval lies in a tail.</summary>
internal readonly struct TruncatedNormal
{
    private const int MostSteps = 200;

    private readonly double _a;
    private readonly double _b;

    public TruncatedNormal(double mean, double sigma, double low, double high)
    {
        Mean = mean;
        Sigma = sigma;
        Low = low;
        High = high;
        _a = (low - mean) / sigma;
        _b = (high - mean) / sigma;
        LogTotal = StandardNormal.LogMass(_a, _b);
    }

    public double Mean { get; }

    public double Sigma { get; }

    public double Low { get; }

    public double High { get; }

    /// <summary>Logarithm of the mass that the untruncated normal has in the interval.</summary>
    public double LogTotal { get; }

    /// <summary>Logarithm of the density at a point of the interval.</summary>
    public double LogDensity(double x) => StandardNormal.LogDensity((x - Mean) / Sigma) - Math.Log(Sigma) - LogTotal;

    /// <summary>Logarithm of the probability between two points of the interval.</summary>
    public double LogMass(double from, double to) => StandardNormal.LogMass((from - Mean) / Sigma, (to - Mean) / Sigma) - LogTotal;

    /// <summary>The point below which a share <paramref name="q"/> of the distribution lies, for q from 0 to 1.</summary>
    public double Quantile(double q)
    {
        // Solved from the nearer end, so that neither a tiny share nor a tiny remainder is rounded away.
        var z = q <= 0.5 ? Solve(_a, _b, Math.Log(q) + LogTotal) : -Solve(-_b, -_a, Math.Log(1 - q) + LogTotal);
        return Math.Clamp(Mean + (Sigma * z), Low, High);
    }

    /// <summary>z with logMass(a, z) = target, by Newton's method within a bracket that shrinks to it.</summary>
    private static double Solve(double a, double b, double target)
    {
        var (low, high) = (a, b);
        var z = 0.5 * (a + b);
        for (var step = 0; step < MostSteps && low < high; step++)
        {
            var logMass = StandardNormal.LogMass(a, z);
            var excess = logMass - target;
            if (excess > 0) high = z;
            else low = z;
            // The slope of the log-mass is density / mass.
            var next = z - (excess * Math.Exp(logMass - StandardNormal.LogDensity(z)));
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (Math.Abs(next - z) <= 1e-15 * Math.Abs(z) || next == low || next == high) return next;
            z = next;
        }

        return z;
    }
}
