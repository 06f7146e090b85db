using MacroCausal.Data.Preparation;

namespace MacroCausal.Data.Baselines;

/// <summary>What a model must beat: mean squared errors on the validation rows, in the target's unit, squared.</summary>
public static class Baselines
{
    // Penalties by training row, from next to none to one that leaves only the mean.
    private static readonly double[] Penalties = [.. Enumerable.Range(-6, 13).Select(half => Math.Pow(10, half / 2.0))];

    // With fewer rows a fifth of them says nothing about a penalty.
    private const int LeastRowsToChoose = 10;

    /// <summary>Always answering the training mean.</summary>
    public static double Mean(FeatureMatrix train, FeatureMatrix validation, double targetScale)
    {
        var mean = Targets(train).Average(value => (double)value);
        return Targets(validation).Average(value => Math.Pow(value - mean, 2)) * targetScale * targetScale;
    }

    /// <summary>Ridge regression whose penalty does best on the last fifth of the training rows, fitted again on all of them.</summary>
    public static double Ridge(FeatureMatrix train, FeatureMatrix validation, double targetScale, CancellationToken cancellationToken = default)
    {
        var penalty = ChoosePenalty(train, cancellationToken);
        var model = RidgeRegression.Fit(train, train.Rows, [penalty], cancellationToken).Single();
        return model.MeanSquaredError(validation, 0, validation.Rows) * targetScale * targetScale;
    }

    private static double ChoosePenalty(FeatureMatrix train, CancellationToken cancellationToken)
    {
        if (train.Rows < LeastRowsToChoose)
            return 1;
        var fitted = train.Rows - (train.Rows / 5);
        var errors = RidgeRegression.Fit(train, fitted, Penalties, cancellationToken).Select(model => model.MeanSquaredError(train, fitted, train.Rows));
        return Penalties.Zip(errors).MinBy(pair => pair.Second).First;
    }

    private static float[] Targets(FeatureMatrix table) =>
        table.Target ?? throw new ArgumentException("A baseline needs the target; prepare the rows from a table that has one.", nameof(table));
}
