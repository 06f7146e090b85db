using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Networks;

/// <summary>What a network is made of besides its widths. The default is PyTorch's usual one.</summary>
public sealed record NetworkStyle
{
    /// <summary>ReLU.</summary>
    public static NetworkStyle Default { get; } = new();

    /// <summary>What a hidden unit makes of its normalised sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Activation Activation { get; init; }

    /// <summary>Whether a weighted sum of the features, learned with the rest, is added to its output.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Skip { get; init; }

    /// <summary>
    /// Whether it forecasts what a fixed linear baseline leaves: its features are held within ranges, and a weighted sum of the features as
    /// they came is added to its output. Such a network is delivered, not trained.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Baseline { get; init; }
}

/// <summary>What a hidden unit makes of its normalised sum.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>max(0, x).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>x Phi(x), Phi the normal distribution itself, as torch's GELU without approximation (Hendrycks, Gimpel 2016).</summary>
    [JsonStringEnumMemberName("gelu")]
    Gelu,

    /// <summary>x / (1 + exp(-x)) (Elfwing, Uchibe, Doya 2018).</summary>
    [JsonStringEnumMemberName("silu")]
    Silu,

    /// <summary>tanh(x).</summary>
    [JsonStringEnumMemberName("tanh")]
    Tanh,

    /// <summary>1.0507 x above 0, 1.7581 (exp(x) - 1) below (Klambauer et al. 2017).</summary>
    [JsonStringEnumMemberName("selu")]
    Selu,
}

/// <summary>The activations as modules of torch.</summary>
internal static class ActivationModules
{
    public static nn.Module<Tensor, Tensor> Module(this Activation activation) => activation switch
    {
        Activation.Relu => nn.ReLU(),
        Activation.Gelu => nn.GELU(),
        Activation.Silu => nn.SiLU(),
        Activation.Tanh => nn.Tanh(),
        Activation.Selu => nn.SELU(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };
}
