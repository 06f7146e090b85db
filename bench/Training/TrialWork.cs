using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Training;

/// <summary>A trial to train, and for how many epochs.</summary>
internal sealed record TrialWork(TrainingOptions Options, int Epochs)
{
    /// <summary>
    /// Floating-point operations of the products that cannot be avoided: two a weight and row forward, two for the weight's gradient, two
    /// for what lies below it.
    /// </summary>
    public double Operations(int features, int trainRows, int validationRows)
    {
        var (forward, train, width) = (0.0, 0.0, features);
        foreach (var units in Options.HiddenLayers.Append(1))
        {
            forward += 2.0 * width * units;
            train += (width == features && train == 0 ? 4.0 : 6.0) * width * units;
            width = units;
        }

        return Epochs * (train * trainRows + forward * validationRows);
    }
}
