using System.Text.Json.Serialization;

namespace MacroCausal.Contracts;

/// <summary>Hyperparameters of one trial.</summary>
public sealed record TrialConfig
{
    /// <summary>Adam's step size, above 0.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Rows of a training step, 2 or more.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Width of every hidden layer, from the input on; each 1 or more.</summary>
    public required IReadOnlyList<int> HiddenLayers { get; init; }

    /// <summary>Probability that a hidden unit is silenced during training, 0 to below 1.</summary>
    public required double Dropout { get; init; }

    /// <summary>L2 penalty added to the gradient (Adam's <c>weight_decay</c>), 0 or more.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>What a hidden unit makes of its normalised sum: gelu, silu, tanh or selu; left out: relu.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Activation { get; init; }

    /// <summary>Whether a weighted sum of the features, learned with the rest, is added to the output; left out: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Skip { get; init; }

    /// <summary>What training minimises: mae or huber; left out: mse, by which trials are compared in any case.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Loss { get; init; }

    /// <summary>How the learning rate goes over the study's maximum number of epochs: cosine or oneCycle; left out: constant.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Schedule { get; init; }

    /// <summary>How a gradient moves the weights: adamw; left out: adam.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Optimizer { get; init; }

    /// <summary>Largest L2 norm of a step's gradient over all weights, to which a larger one is cut; left out: none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double GradientClip { get; init; }

    /// <summary>Probability that a feature of a row is silenced during training, 0 to 0.5; left out: 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double InputDropout { get; init; }
}
