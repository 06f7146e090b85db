using MacroCausal.Data.Preparation;
using static System.FormattableString;

namespace MacroCausal.Data.Baselines;

/// <summary>Decides by the training rows whether the networks learn the target, or what a baseline leaves of it.</summary>
internal static class ResidualSelection
{
    /// <summary>
    /// An autoregression that leaves no more than this of the variance on the training rows follows a level: a price, a stock, a rate. A
    /// network that forecasts the level itself must give its last value back more exactly than it does anything else.
    /// </summary>
    public const double MaxShare = 0.1;

    // The networks' features are held within their range by two units for each.
    private const int MaxFeatures = 1000;
    private const int MinRows = 40;

    // Below this share of a standard deviation there is nothing but the rounding of float32.
    private const double MinScale = 1e-6;

    /// <summary>The baseline whose residual is learned, and a line about it; neither where nothing was asked for.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="members">The baselines that are weighted sums of the features.</param>
    /// <param name="train">The training rows, with targets, less those whose history is not whole.</param>
    /// <param name="incomplete">Number of rows that were left out.</param>
    /// <exception cref="DataRejectedException">What was asked for by name cannot be had.</exception>
    public static (ResidualModel? Model, string? Summary) Choose(
        PrepareOptions options, IReadOnlyList<LinearMember> members, FeatureMatrix train, int incomplete)
    {
        var asked = options.ResidualOf;
        if (asked == ResidualBaselines.None) return (null, null);
        if (asked != ResidualBaselines.Auto)
        {
            return Refusal(asked, members, train, incomplete) is { } reason
                ? throw new DataRejectedException(
                [
                    $"The networks cannot learn what '{asked}' leaves of the target: {reason}. "
                    + "Say --temporal-features lags (temporalFeatures), or --residual-of none (residualOf).",
                ])
                : Learned(ResidualModel.Of(Named(members, asked)!, train), incomplete);
        }

        if (Refusal(Baseline.Autoregressive, members, train, incomplete) is not null) return (null, null);
        var ar = Named(members, Baseline.Autoregressive)!;
        var share = ar.Loss(train);
        if (share > MaxShare)
        {
            var left = Invariant($"an autoregression leaves {share:P1} of its variance on the training rows");
            return (null, $"Networks learn the target: {left}");
        }

        return Learned(ResidualModel.Of(ar, train), incomplete);
    }

    private static (ResidualModel? Model, string? Summary) Learned(ResidualModel model, int incomplete)
    {
        var name = Baseline.Find(model.Baseline.Name).Phrase;
        if (model.Scale < MinScale) return (null, $"Networks learn the target: {name} leaves nothing of it on the training rows");
        var left = incomplete == 0 ? "" : Invariant($"; {incomplete} training rows without a whole history are left out");
        return (model, Invariant($"Networks learn what {name} leaves of the target, {model.Scale * model.Scale:P2} of its variance on the ")
            + $"training rows{left}");
    }

    private static string? Refusal(string name, IReadOnlyList<LinearMember> members, FeatureMatrix train, int incomplete) =>
        Named(members, name) is null ? "no feature is the target of an earlier row"
        : train.Names.Count > MaxFeatures ? Invariant($"{train.Names.Count} features are more than {MaxFeatures}")
        : train.Rows < Math.Max(MinRows, incomplete) ? Invariant($"{train.Rows} training rows with a whole history are too few")
        : null;

    private static LinearMember? Named(IReadOnlyList<LinearMember> members, string name) =>
        members.FirstOrDefault(member => member.Name == name);
}
