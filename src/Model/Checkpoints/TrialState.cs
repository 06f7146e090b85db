using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Checkpoints;

/// <summary>The numbers of a checkpoint, flat, in the order of its layout.</summary>
internal sealed record TrialState
{
    /// <summary>Steps that Adam has done.</summary>
    public required long Step { get; init; }

    public required float[] Parameters { get; init; }

    public required float[] Statistics { get; init; }

    public required float[] FirstMoment { get; init; }

    public required float[] SecondMoment { get; init; }

    /// <summary>Weights of the best epoch; the first ones where no loss was finite.</summary>
    public required float[] BestParameters { get; init; }

    public required float[] BestStatistics { get; init; }

    /// <summary>A trial before its first epoch.</summary>
    public static TrialState Initial(NetworkLayout layout, long seed)
    {
        var (parameters, statistics) = WeightInitializer.Of(layout, seed);
        var unmoved = new float[parameters.Length];
        return new TrialState
        {
            Step = 0,
            Parameters = parameters,
            Statistics = statistics,
            FirstMoment = unmoved,
            SecondMoment = unmoved,
            BestParameters = parameters,
            BestStatistics = statistics,
        };
    }
}
