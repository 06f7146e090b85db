using System.Text.Json.Serialization;

namespace MacroCausal.Model.Training;

/// <summary>How a gradient moves the weights.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingOptimizer>))]
public enum TrainingOptimizer
{
    /// <summary>Adam, with the weight decay as a part of the gradient (Kingma, Ba 2015).</summary>
    [JsonStringEnumMemberName("adam")]
    Adam,

    /// <summary>
    /// Adam, whose weight decay shrinks the weights by learning rate times weight decay instead (Loshchilov, Hutter 2019).
    /// </summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}
