using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>Which study a message of the saga belongs to.</summary>
internal static class StudyMessages
{
    public static string ExecutionIdOf(object message) => message switch
    {
        StartStudy it => it.ExecutionId,
        ResumeTraining it => it.ExecutionId,
        SweepStudy it => it.ExecutionId,
        DataPrepared it => it.ExecutionId,
        DataRejected it => it.ExecutionId,
        TrialEpochCompleted it => it.ExecutionId,
        TrialFailed it => it.ExecutionId,
        ModelRegistered it => it.ExecutionId,
        RegistrationFailed it => it.ExecutionId,
        Fault<PrepareData> it => it.Message.ExecutionId,
        Fault<RegisterModel> it => it.Message.ExecutionId,
        _ => throw new ArgumentException($"{message.GetType()} is no message of a study.", nameof(message)),
    };

    public static Guid StudyIdOf(object message) => ExecutionIds.StudyId(ExecutionIdOf(message));
}
