using MacroCausal.Model.Training;

namespace MacroCausal.Model.Networks;

/// <summary>PyTorch's first weights: Linear uniform within 1/sqrt(fan in) (kaiming_uniform_ with a = sqrt(5)), batch norm 1 and 0, running mean 0 and variance 1.</summary>
internal static class WeightInitializer
{
    private const int SlotsPerLayer = 4;

    public static (float[] Parameters, float[] Statistics) Of(NetworkLayout layout, long seed)
    {
        var random = new TrialRandom(seed, Purpose.Initialisation, 0);
        var parameters = new float[layout.ParameterCount];
        for (var slot = 0; slot < layout.Parameters.Count; slot++)
            Draw(layout, slot, parameters, ref random);

        var statistics = new float[layout.StatisticCount];
        foreach (var variance in layout.Statistics.Where((_, index) => index % 2 == 1))
            statistics.AsSpan(variance.Offset, variance.Length).Fill(1);
        return (parameters, statistics);
    }

    private static void Draw(NetworkLayout layout, int slot, float[] parameters, ref TrialRandom random)
    {
        var values = parameters.AsSpan(layout.Parameters[slot].Offset, layout.Parameters[slot].Length);
        var last = slot >= layout.Parameters.Count - 2;
        var within = slot % SlotsPerLayer;
        if (within < 2 || last)
        {
            var weight = layout.Parameters[slot - within];
            var bound = (float)(1 / Math.Sqrt(weight.Shape[1]));
            foreach (ref var value in values)
                value = random.Signed() * bound;
        }
        else
        {
            values.Fill(within == 2 ? 1 : 0);
        }
    }
}
