using MacroCausal.Hosting;
using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>What <see cref="StudyStateMachine"/> does where a study is paused, and goes on.</summary>
internal static class StudyPause
{
    /// <summary>Starts nothing from now on. A copy that comes after the study was resumed changes nothing.</summary>
    public static EventActivityBinder<StudyInstance, PauseTraining> PauseUnlessLate(
        this EventActivityBinder<StudyInstance, PauseTraining> binder) =>
        binder.If(context => !context.IsLate(), inTime => inTime.Then(context =>
        {
            context.Saga.PausedAt ??= context.Now();
            context.Saga.Request = null;
            context.Saga.OrderedAt = context.SentAt() ?? context.Now();
        }).ForOpenFolds((context, fold) => context.Send(
            QueueNames.Address(QueueNames.Study), new PauseTraining { ExecutionId = fold.ExecutionId })));

    /// <summary>Goes on, unless the message was sent before the study was paused.</summary>
    public static EventActivityBinder<StudyInstance, ResumeTraining> Unpause(
        this EventActivityBinder<StudyInstance, ResumeTraining> binder) =>
        binder.If(context => context.Saga.PausedAt is not null && !context.IsLate(), inTime => inTime.Then(context =>
        {
            context.Saga.PausedAt = null;
            context.Saga.Request = null;
            context.Saga.OrderedAt = context.SentAt() ?? context.Now();
        }));
}
