using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Model.Export;

namespace MacroCausal.Registry;

/// <summary>
/// The networks of a study together with its linear baselines, by shares that follow from their losses: corrected for selection for the
/// networks, as they are for the baselines, which the validation rows did not select.
/// </summary>
internal sealed record BaselineCombination
{
    // Shares are whole numbers of this.
    private const int Parts = 1000;

    /// <summary>Share of the networks, above 0.</summary>
    public required double NetworkShare { get; init; }

    /// <summary>The baselines that have a share.</summary>
    public required IReadOnlyList<CombinedBaseline> Baselines { get; init; }

    /// <summary>All of them as one model.</summary>
    public required ModelEnsemble Model { get; init; }

    /// <summary>Loss on the validation rows, which selected the networks.</summary>
    public required double Loss { get; init; }

    /// <summary>Figures that are corrected for the selection of the networks.</summary>
    public required CorrectedFigures Figures { get; init; }

    /// <summary>Combines.</summary>
    /// <param name="comparison">The networks, with corrected figures.</param>
    /// <param name="forecasts">Every trial that was compared, the best first, and its errors.</param>
    /// <param name="linear">The baselines.</param>
    /// <param name="baseline">Squared errors of the baseline that the verdict compares with, [N].</param>
    /// <param name="settings">Seed and size of the ensemble.</param>
    /// <returns>Null where no baseline has a share.</returns>
    public static BaselineCombination? Of(
        TrialComparison comparison, (TrainedModel Model, double[] Errors)[] forecasts, IReadOnlyList<CombinedBaseline> linear,
        double[] baseline, StudySettings settings)
    {
        var shares = ForecastCombination.Shares([comparison.Figures!.Loss, .. linear.Select(member => member.Loss)]);
        int[] parts = [.. shares.Select(share => (int)Math.Round(share * Parts))];
        parts[0] = Math.Max(1, parts[0]);
        double sum = parts.Sum();
        CombinedBaseline[] taken =
        [
            .. linear.Zip(parts.Skip(1)).Where(member => member.Second > 0)
                .Select(member => member.First with { Share = member.Second / sum, Parts = member.Second }),
        ];
        if (taken.Length == 0) return null;
        var networks = comparison.Networks?.Model ?? ModelEnsemble.Of(forecasts[0].Model);
        var selections = networks.Members.Sum(member => member.Weight);
        double[][] errors = Array.ConvertAll(forecasts, forecast => forecast.Errors);
        var others = ForecastCombination.Combine(
            [.. taken.Select(member => member.Errors)], [.. taken.Select(member => member.Share)], baseline.Length);
        var size = comparison.Networks is null ? 1 : settings.EnsembleSize;
        var own = comparison.Networks?.Errors ?? errors[0];
        var share = parts[0] / sum;
        return new BaselineCombination
        {
            NetworkShare = share,
            Baselines = taken,
            Model = new ModelEnsemble(
            [
                .. networks.Members.Select(member => member with { Weight = member.Weight * parts[0] }),
                .. taken.Select(member => new EnsembleMember(
                    TrainedModel.OfLinear(member.Member.Weights, member.Member.Intercept), member.Parts * selections)),
            ]),
            Loss = own.Zip(others, (error, other) => Math.Pow((share * error) + other, 2)).Average(),
            Figures = SelectionCorrection.OfCombination(errors, share, others, baseline, size, TrialComparison.SeedOf(settings)),
        };
    }
}

/// <summary>A baseline on the rows that a combination is made on.</summary>
internal sealed record CombinedBaseline
{
    /// <summary>The baseline as a weighted sum.</summary>
    public required LinearMember Member { get; init; }

    /// <summary>Forecast less target, [N], in the target's unit.</summary>
    public required double[] Errors { get; init; }

    /// <summary>Mean squared error.</summary>
    public double Loss => Errors.Average(error => error * error);

    /// <summary>Share in the combination, 0 to below 1.</summary>
    public double Share { get; init; }

    /// <summary>The same as a whole number.</summary>
    public int Parts { get; init; }

    /// <summary>A baseline's errors, as the model that is delivered has them.</summary>
    public static CombinedBaseline Of(LinearMember member, FeatureMatrix rows, double targetScale) => new()
    {
        Member = member,
        Errors = TrialComparison.Errors(TrainedModel.OfLinear(member.Weights, member.Intercept), rows, targetScale),
    };
}
