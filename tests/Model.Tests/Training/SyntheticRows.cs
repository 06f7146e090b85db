using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>Splits with something to learn: the target is a sum of some features, and noise.</summary>
internal static class SyntheticRows
{
    public static TrainingRows Create(int count, int features = 6, long seed = 1)
    {
        var random = new TrialRandom(seed, Purpose.Shuffle, 0);
        var x = new float[count * features];
        var y = new float[count];
        for (var row = 0; row < count; row++)
        {
            for (var feature = 0; feature < features; feature++)
            {
                x[row * features + feature] = random.Signed() * 1.7f;
            }

            y[row] = x[row * features] - x[row * features + 1] * x[row * features + 2] + 0.1f * random.Signed();
        }

        return new TrainingRows(x, y, features);
    }

    public static TrainingOptions Options(long seed = 5, int patience = 100) => new()
    {
        HiddenLayers = [16, 8],
        BatchSize = 16,
        LearningRate = 0.01,
        Dropout = 0.2,
        WeightDecay = 1e-4,
        Seed = seed,
        Patience = patience,
    };
}
