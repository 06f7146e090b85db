using System.Text.Json.Serialization;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Training;

/// <summary>How a trial is trained. Together with the rows it determines the result, on the processor every bit of it.</summary>
public sealed record TrainingOptions
{
    /// <summary>Width of every hidden layer, from the input on; each 1 or more.</summary>
    public required IReadOnlyList<int> HiddenLayers { get; init; }

    /// <summary>Rows of a step, 2 or more; more than there are means all of them.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Adam's step size, above 0.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Probability that a hidden unit is silenced, 0 to below 1.</summary>
    public required double Dropout { get; init; }

    /// <summary>L2 penalty added to the gradient, 0 or more.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Seed of weights, shuffles and dropout.</summary>
    public required long Seed { get; init; }

    /// <summary>Epochs without a better validation loss after which the trial ends early, 1 or more.</summary>
    public required int Patience { get; init; }

    /// <summary>What a hidden unit makes of its normalised sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Activation Activation { get; init; }

    /// <summary>Whether a weighted sum of the features, learned with the rest, is added to the network's output.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Skip { get; init; }

    /// <summary>What the network is made of besides its widths.</summary>
    [JsonIgnore]
    internal NetworkStyle Style => new() { Activation = Activation, Skip = Skip };

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it and the range.</exception>
    public void Validate()
    {
        Require(BatchSize >= 2, "Batch size", BatchSize, "2 or more, because batch normalisation needs two rows");
        Require(double.IsFinite(LearningRate) && LearningRate > 0, "Learning rate", LearningRate, "above 0");
        Require(Dropout is >= 0 and < 1, "Dropout", Dropout, "0 to below 1");
        Require(double.IsFinite(WeightDecay) && WeightDecay >= 0, "Weight decay", WeightDecay, "0 or more");
        Require(Patience >= 1, "Patience", Patience, "1 or more");
        Require(Enum.IsDefined(Activation), "Activation", Activation, "relu, gelu, silu, tanh or selu");
        Require(HiddenLayers is { Count: > 0 } && HiddenLayers.All(
            width => width >= 1), "Hidden layers", $"[{string.Join(", ", HiddenLayers ?? [])}]", "one layer or more, each 1 or more wide");
    }

    /// <summary>Whether networks and steps are alike in everything but numbers, so that both can train in one group.</summary>
    public bool HasShapeOf(TrainingOptions other) =>
        other is not null && BatchSize == other.BatchSize && HiddenLayers.SequenceEqual(other.HiddenLayers) && Style == other.Style;

    /// <summary>Whether both train alike; hidden layers are compared by their widths.</summary>
    public bool Equals(TrainingOptions? other) =>
        other is not null && HiddenLayers.SequenceEqual(
            other.HiddenLayers) && BatchSize == other.BatchSize && LearningRate.Equals(other.LearningRate)
        && Dropout.Equals(other.Dropout) && WeightDecay.Equals(other.WeightDecay) && Seed == other.Seed && Patience == other.Patience
        && Style == other.Style;

    /// <inheritdoc />
    public override int GetHashCode() =>
        HashCode.Combine(BatchSize, LearningRate, Dropout, WeightDecay, Seed, Patience, HiddenLayers.Count, Style);

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"{option} {value} is out of its range: {range}."));
    }
}
