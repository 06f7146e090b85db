namespace MacroCausal.Search.Samplers;

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
