using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>Judges a network by its running statistics, a bounded number of rows at a time.</summary>
internal static class Evaluation
{
    private const int RowsAtOnce = 1024;

    /// <summary>Mean of the squared errors over all rows.</summary>
    public static double MeanSquaredError(MacroCausalModel model, DeviceRows rows)
    {
        using var frozen = no_grad();
        var squares = 0.0;
        for (var start = 0; start < rows.Count; start += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var (x, y) = rows.Take(start, Math.Min(RowsAtOnce, rows.Count - start));
            squares += model.Forward(x, training: false).sub_(y).square().sum(ScalarType.Float64).item<double>();
        }

        return squares / rows.Count;
    }
}
