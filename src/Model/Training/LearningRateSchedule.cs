using System.Text.Json.Serialization;

namespace MacroCausal.Model.Training;

/// <summary>
/// How the learning rate goes from step to step over <see cref="TrainingOptions.MaxEpochs"/>, whether or not a trial gets as far: the rate
/// of a step follows from its place alone, so that a segment goes on as if nothing had interrupted it.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<LearningRateSchedule>))]
public enum LearningRateSchedule
{
    /// <summary>The same at every step.</summary>
    [JsonStringEnumMemberName("constant")]
    Constant,

    /// <summary>From the learning rate to 0, half a cosine (Loshchilov, Hutter 2017, without restarts).</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine,

    /// <summary>
    /// From a 25th of the learning rate to all of it over the first 30 %, then to a 10,000th of where it began, half a cosine each: torch's
    /// <c>OneCycleLR</c> without its turn of the momentum (Smith, Topin 2019).
    /// </summary>
    [JsonStringEnumMemberName("oneCycle")]
    OneCycle,
}

/// <summary>The schedules as functions of how much of a trial is done.</summary>
internal static class LearningRateSchedules
{
    private const double Rise = 0.3;
    private const double Begin = 1.0 / 25;
    private const double End = Begin / 1e4;

    /// <summary>What the learning rate is multiplied by.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="done">Share of all steps that lie before this one, 0 to 1.</param>
    public static double Factor(this LearningRateSchedule schedule, double done) => schedule switch
    {
        LearningRateSchedule.Constant => 1,
        LearningRateSchedule.Cosine => Between(1, 0, done),
        LearningRateSchedule.OneCycle => done < Rise
            ? Between(Begin, 1, done / Rise)
            : Between(1, End, (done - Rise) / (1 - Rise)),
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "There is no such schedule."),
    };

    private static double Between(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);
}
