namespace MacroCausal.Search.Samplers;

/// <summary>
/// A normal distribution truncated to an interval: the kernel of numeric hyperparameters. Exact however far the interval lies in a tail.
/// </summary>
internal readonly struct TruncatedNormal
{
    private const int MaxSteps = 200;

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
        if (q <= 0) return Low;
        if (q >= 1) return High;
        // Solved from the nearer end, so that neither a tiny share nor a tiny remainder is rounded away.
        var z = q <= 0.5 ? Solve(_a, _b, Math.Log(q) + LogTotal) : -Solve(-_b, -_a, Math.Log(1 - q) + LogTotal);
        return Math.Clamp(Mean + (Sigma * z), Low, High);
    }

    /// <summary>z with logMass(a, z) = target, by Newton's method within a bracket that shrinks to it.</summary>
    private static double Solve(double a, double b, double target)
    {
        var (low, high) = (a, b);
        var z = 0.5 * (a + b);
        for (var step = 0; step < MaxSteps && low < high; step++)
        {
            var logMass = StandardNormal.LogMass(a, z);
            var excess = logMass - target;
            if (excess > 0)
            {
                high = z;
            }
            else
            {
                low = z;
            }

            // The slope of the log-mass is density / mass.
            var next = z - (excess * Math.Exp(logMass - StandardNormal.LogDensity(z)));
            if (!(next > low && next < high))
            {
                next = 0.5 * (low + high);
            }

            if (Math.Abs(next - z) <= 1e-15 * Math.Abs(z) || next == low || next == high) return next;
            z = next;
        }

        return z;
    }
}

/// <summary>The standard normal distribution in logarithms, exact where its probabilities underflow.</summary>
internal static class StandardNormal
{
    /// <summary>log sqrt(2 pi).</summary>
    public const double LogSqrtTwoPi = 0.91893853320467274178;

    private const double InverseSqrtTwo = 0.70710678118654752440;

    // (width · distance)^4 / 1920, the first term left out for a narrow interval, is then below rounding.
    private const double Narrow = 1e-3;

    /// <summary>log phi(z).</summary>
    public static double LogDensity(double z) => (-0.5 * z * z) - LogSqrtTwoPi;

    /// <summary>log(Phi(b) - Phi(a)) for a below b; minus infinity where they are equal.</summary>
    public static double LogMass(double a, double b)
    {
        if (!(a < b)) return double.NegativeInfinity;
        // The density is even: the far tail is always the right one.
        if (b <= 0) return LogMass(-b, -a);
        var width = b - a;
        if (width * (1 + Math.Max(Math.Abs(a), b)) < Narrow) return LogNarrowMass(a + (0.5 * width), width);
        return a < 0
            ? Math.Log(1 - (0.5 * (ErrorFunction.Erfc(-a * InverseSqrtTwo) + ErrorFunction.Erfc(b * InverseSqrtTwo))))
            : LogTailMass(a, b);
    }

    /// <summary>The midpoint rule with its second-order term, for an interval so narrow that a difference would cancel.</summary>
    private static double LogNarrowMass(double middle, double width) =>
        LogDensity(middle) + Math.Log(width) + (width * width * ((middle * middle) - 1) / 24);

    /// <summary>exp(-a²/2) taken out: erfc(u) - erfc(v) = exp(-u²) (erfcx(u) - exp(u² - v²) erfcx(v)).</summary>
    private static double LogTailMass(double a, double b)
    {
        var far = double.IsPositiveInfinity(b) ? 0 : Math.Exp(-0.5 * (b - a) * (b + a)) * ErrorFunction.ScaledErfc(b * InverseSqrtTwo);
        return (-0.5 * a * a) + Math.Log(0.5 * (ErrorFunction.ScaledErfc(a * InverseSqrtTwo) - far));
    }
}

/// <summary>
/// The complementary error function and its scaled form, to about 16 digits: W. J. Cody, "Rational Chebyshev approximations for the error
/// function", Mathematics of Computation 23 (1969), with the coefficients of netlib's CALERF.
/// </summary>
internal static class ErrorFunction
{
    private const double InverseSqrtPi = 0.56418958354775628695;

    private static ReadOnlySpan<double> NearNumerator =>
        [1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];

    private static ReadOnlySpan<double> NearDenominator =>
        [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static ReadOnlySpan<double> MiddleNumerator =>
        [2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
            8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3];

    private static ReadOnlySpan<double> MiddleDenominator =>
        [1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
            3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3];

    private static ReadOnlySpan<double> FarNumerator =>
        [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
            1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4];

    private static ReadOnlySpan<double> FarDenominator =>
        [1, 2.56852019228982242e0, 1.87295284992346047e0, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];

    /// <summary>erfc(x) = 2/sqrt(pi) times the integral of exp(-t²) from x to infinity.</summary>
    public static double Erfc(double x)
    {
        if (Math.Abs(x) <= 0.46875) return 1 - Near(x);
        var scaled = ExpOfMinusSquare(x) * ScaledOfPositive(Math.Abs(x));
        return x > 0 ? scaled : 2 - scaled;
    }

    /// <summary>exp(x²) erfc(x), for x of 0 or more: finite and without loss where erfc itself underflows.</summary>
    public static double ScaledErfc(double x) => x <= 0.46875 ? Math.Exp(x * x) * (1 - Near(x)) : ScaledOfPositive(x);

    private static double Near(double x) => x * Polynomial(NearNumerator, x * x) / Polynomial(NearDenominator, x * x);

    private static double ScaledOfPositive(double x)
    {
        if (x <= 4) return Polynomial(MiddleNumerator, x) / Polynomial(MiddleDenominator, x);
        var inverse = 1 / (x * x);
        return (InverseSqrtPi - (inverse * Polynomial(FarNumerator, inverse) / Polynomial(FarDenominator, inverse))) / x;
    }

    private static double ExpOfMinusSquare(double x)
    {
        // A square's rounding error would become a relative error of the result; the square of few bits has none.
        var coarse = Math.Truncate(x * 16) / 16;
        return Math.Exp(-coarse * coarse) * Math.Exp(-(x - coarse) * (x + coarse));
    }

    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
        {
            sum = (sum * x) + coefficient;
        }

        return sum;
    }
}
