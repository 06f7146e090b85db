using MacroCausal.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>The verbs of <see cref="StudyStateMachine"/>.</summary>
internal static class StudyStateMachineExtensions
{
    public static EventActivityBinder<StudyInstance, StartStudy> Begin(this EventActivityBinder<StudyInstance, StartStudy> binder) => binder.Then(context =>
    {
        context.Saga.Settings = context.Message.Settings;
        context.Saga.StartedAt = context.Service<TimeProvider>().GetUtcNow();
        context.Saga.Failed = null;
    });

    public static EventActivityBinder<StudyInstance, T> SendPrepareData<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Send(QueueNames.Address(QueueNames.PrepareData), StudyMessageFactory.PrepareData(context.Saga)));

    public static EventActivityBinder<StudyInstance, DataPrepared> KeepData(this EventActivityBinder<StudyInstance, DataPrepared> binder) =>
        binder.Then(context => context.Saga.Data = context.Message.Data);

    public static EventActivityBinder<StudyInstance, TrialEpochCompleted> Record(this EventActivityBinder<StudyInstance, TrialEpochCompleted> binder) =>
        binder.ThenAsync(context => context.Service<StudyCoordinator>().RecordAsync(context.Saga, context.Message, context.CancellationToken));

    public static EventActivityBinder<StudyInstance, TrialFailed> Record(this EventActivityBinder<StudyInstance, TrialFailed> binder) =>
        binder.ThenAsync(context => context.Service<StudyCoordinator>().RecordAsync(context, context.Saga, context.Message));

    public static EventActivityBinder<StudyInstance, T> Decide<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Service<StudyCoordinator>().DecideAsync(context, context.Saga));

    public static EventActivityBinder<StudyInstance, SweepStudy> Sweep(this EventActivityBinder<StudyInstance, SweepStudy> binder) =>
        binder.ThenAsync(context => context.Service<StudyCoordinator>().SweepAsync(context, context.Saga));

    public static EventActivityBinder<StudyInstance, ResumeTraining> Reissue(this EventActivityBinder<StudyInstance, ResumeTraining> binder) =>
        binder.ThenAsync(context => context.Service<StudyCoordinator>().ReissueAsync(context, context.Saga));

    public static EventActivityBinder<StudyInstance, T> BeginSweeping<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.Then(context => context.Saga.SweepChain++).ThenAsync(SendSweep);

    public static EventActivityBinder<StudyInstance, SweepStudy> SweepAgain(this EventActivityBinder<StudyInstance, SweepStudy> binder) =>
        binder.If(context => context.Saga.Result is null, active => active.ThenAsync(SendSweep));

    /// <summary>Once the search is over: has the winner registered, or fails the study that has none.</summary>
    public static EventActivityBinder<StudyInstance, T> ThenFinishSearch<T>(this EventActivityBinder<StudyInstance, T> binder, StudyStateMachine study)
        where T : class =>
        binder.If(context => context.Saga.Result is not null, over => over.IfElse(context => context.Saga.Result!.Winner is not null,
            won => won.SendRegisterModel().TransitionTo(study.Registering),
            lost => lost.PublishNoWinner().TransitionTo(study.Failed)));

    public static EventActivityBinder<StudyInstance, T> SendRegisterModel<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Send(
            QueueNames.Address(QueueNames.RegisterModel), StudyMessageFactory.RegisterModel(context.Saga, context.Saga.Result!.Winner!)));

    public static EventActivityBinder<StudyInstance, ModelRegistered> PublishCompleted(this EventActivityBinder<StudyInstance, ModelRegistered> binder) =>
        binder.Then(_ => MacroCausalMetrics.Studies.Add(1, new KeyValuePair<string, object?>("outcome", "completed")))
            .Then(context => context.Saga.Completed = StudyMessageFactory.Completed(context.Saga, context.Message, context.Service<TimeProvider>().GetUtcNow()))
            .PublishCompletedAgain();

    public static EventActivityBinder<StudyInstance, T> PublishCompletedAgain<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Publish(context.Saga.Completed!));

    public static EventActivityBinder<StudyInstance, DataRejected> PublishRejected(this EventActivityBinder<StudyInstance, DataRejected> binder) =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, context.Message.Reasons, invalidInput: true)).PublishFailedAgain();

    public static EventActivityBinder<StudyInstance, T> PublishFailed<T>(
        this EventActivityBinder<StudyInstance, T> binder, Func<T, IReadOnlyList<string>> reasons)
        where T : class =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, reasons(context.Message))).PublishFailedAgain();

    public static EventActivityBinder<StudyInstance, Fault<T>> PublishFailed<T>(
        this EventActivityBinder<StudyInstance, Fault<T>> binder, Func<Fault<T>, IReadOnlyList<ExceptionInfo>> exceptions)
        where T : class =>
        binder.PublishFailed(fault => exceptions(fault).Select(exception => exception.Message).ToList());

    public static EventActivityBinder<StudyInstance, T> PublishFailedAgain<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.Then(_ => MacroCausalMetrics.Studies.Add(1, new KeyValuePair<string, object?>("outcome", "failed")))
            .ThenAsync(context => context.Publish(context.Saga.Failed!));

    private static EventActivityBinder<StudyInstance, T> PublishNoWinner<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var failures = await context.Service<StudyCoordinator>().FailuresAsync(context.Saga, context.CancellationToken).ConfigureAwait(false);
            context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, [$"None of {context.Saga.Result!.Trials} trials has a model.", .. failures]);
        }).PublishFailedAgain();

    private static Task SendSweep<T>(BehaviorContext<StudyInstance, T> context)
        where T : class =>
        context.Send(
            QueueNames.Address(QueueNames.Study),
            new SweepStudy { ExecutionId = context.Saga.Settings.ExecutionId, Chain = context.Saga.SweepChain },
            send => send.Delay = context.Service<IOptions<TunerOptions>>().Value.SweepEvery);

    private static TService Service<TService>(this PipeContext context)
        where TService : notnull =>
        context.GetPayload<IServiceProvider>().GetRequiredService<TService>();
}
