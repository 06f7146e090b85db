using System.Text.Json.Serialization;

namespace MacroCausal.Model.Training;

/// <summary>
/// What a trial's steps minimise, as a mean over their rows; the error is prediction less target, in standard deviations of the target over
/// the training rows. What an epoch reports is <see cref="Training.Loss"/> in any case, so that trials can be compared.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingLoss>))]
public enum TrainingLoss
{
    /// <summary>The square of the error.</summary>
    [JsonStringEnumMemberName("mse")]
    Mse,

    /// <summary>The error without its sign.</summary>
    [JsonStringEnumMemberName("mae")]
    Mae,

    /// <summary>Half the square up to an error of 1, the error without its sign less a half beyond (Huber 1964).</summary>
    [JsonStringEnumMemberName("huber")]
    Huber,
}
