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

    /// <summary>Adam's step size, above 0; where there is a <see cref="Schedule"/>, the largest.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Probability that a hidden unit is silenced, 0 to below 1.</summary>
    public required double Dropout { get; init; }

    /// <summary>L2 penalty added to the gradient, or what <see cref="TrainingOptimizer.AdamW"/> makes of it, 0 or more.</summary>
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

    /// <summary>What the steps minimise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TrainingLoss Loss { get; init; }

    /// <summary>How the learning rate goes over <see cref="MaxEpochs"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>
    /// Epochs over which <see cref="Schedule"/> goes, 1 or more, however many the trial is trained for; 0 where it is constant.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MaxEpochs { get; init; }

    /// <summary>How a gradient moves the weights.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TrainingOptimizer Optimizer { get; init; }

    /// <summary>Largest L2 norm of a step's gradient over all weights, to which a larger one is cut, 0 or more; 0: none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double GradientClip { get; init; }

    /// <summary>Probability that a feature of a row is silenced, for the skip path too, 0 to 0.5.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double InputDropout { get; init; }

    /// <summary>What the network is made of besides its widths.</summary>
    [JsonIgnore]
    internal NetworkStyle Style => new() { Activation = Activation, Skip = Skip };

    /// <summary>Whether its steps are those of before there were other ones, whatever the network is.</summary>
    [JsonIgnore]
    internal bool HasUsualSteps => Steps == default;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="epochs">Epochs before it, as a fraction where it is not an epoch's first.</param>
    internal double LearningRateAt(double epochs) => Schedule == LearningRateSchedule.Constant
        ? LearningRate
        : LearningRate * Schedule.Factor(Math.Min(1, epochs / MaxEpochs));

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
        Require(Enum.IsDefined(Loss), "Loss", Loss, "mse, mae or huber");
        Require(Enum.IsDefined(Schedule), "Schedule", Schedule, "constant, cosine or oneCycle");
        Require(Schedule == LearningRateSchedule.Constant ? MaxEpochs == 0 : MaxEpochs >= 1, "Maximum number of epochs", MaxEpochs,
            "1 or more with a schedule of the learning rate, 0 without");
        Require(Enum.IsDefined(Optimizer), "Optimizer", Optimizer, "adam or adamw");
        Require(double.IsFinite(GradientClip) && GradientClip >= 0, "Gradient clip", GradientClip, "0 or more");
        Require(InputDropout is >= 0 and <= 0.5, "Input dropout", InputDropout, "0 to 0.5");
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
        && Style == other.Style && Steps == other.Steps;

    /// <inheritdoc />
    public override int GetHashCode() =>
        HashCode.Combine(BatchSize, LearningRate, Dropout, WeightDecay, Seed, Patience, HiddenLayers.Count, (Style, Steps));

    private (TrainingLoss, LearningRateSchedule, int, TrainingOptimizer, double, double) Steps =>
        (Loss, Schedule, MaxEpochs, Optimizer, GradientClip, InputDropout);

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"{option} {value} is out of its range: {range}."));
    }
}
