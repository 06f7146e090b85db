using MacroCausal.Data.Preparation;

namespace MacroCausal.Data.Baselines;

/// <summary>A weighted sum of the features, in the scaled target's unit.</summary>
internal sealed record LinearModel(double[] Weights, double Intercept)
{
    public double Predict(ReadOnlySpan<float> row)
    {
        var sum = Intercept;
        for (var j = 0; j < row.Length; j++)
            sum += row[j] * Weights[j];
        return sum;
    }

    /// <summary>Mean squared error on the rows from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public double MeanSquaredError(FeatureMatrix table, int start, int end)
    {
        var sum = 0.0;
        for (var i = start; i < end; i++)
            sum += Math.Pow(Predict(table.Row(i)) - table.Target![i], 2);
        return sum / (end - start);
    }
}
