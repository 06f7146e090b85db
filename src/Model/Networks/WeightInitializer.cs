using MacroCausal.Model.Training;

namespace MacroCausal.Model.Networks;

/// <summary>
/// PyTorch's first weights: Linear uniform within 1/sqrt(fan in) (kaiming_uniform_ with a = sqrt(5)), batch norm 1 and 0, running mean 0
/// and variance 1. A skip path begins at zero: the network then begins as one without it.
/// </summary>
internal static class WeightInitializer
{
    public static (float[] Parameters, float[] Statistics) Of(NetworkLayout layout, long seed)
    {
        var random = new TrialRandom(seed, Purpose.Initialisation, 0);
        var (parameters, statistics) = (new float[layout.ParameterCount], new float[layout.StatisticCount]);
        for (var layer = 0; layer < layout.HiddenLayers.Count; layer++)
        {
            var slots = layout.Hidden(layer);
            DrawLinear(slots.Weight, slots.Bias, parameters, ref random);
            slots.Gamma.Of(parameters).Fill(1);
            slots.RunningVariance.Of(statistics).Fill(1);
        }

        DrawLinear(layout.OutputWeight, layout.OutputBias, parameters, ref random);
        return (parameters, statistics);
    }

    private static void DrawLinear(ParameterSlot weight, ParameterSlot bias, float[] parameters, ref TrialRandom random)
    {
        var bound = (float)(1 / Math.Sqrt(weight.Shape[1]));
        Draw(weight.Of(parameters), bound, ref random);
        Draw(bias.Of(parameters), bound, ref random);
    }

    private static void Draw(Span<float> values, float bound, ref TrialRandom random)
    {
        foreach (ref var value in values)
        {
            value = random.Signed() * bound;
        }
    }
}
