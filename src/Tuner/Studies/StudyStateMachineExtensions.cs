using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Tuner.Settings;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>What <see cref="StudyStateMachine"/> does between its states.</summary>
internal static class StudyStateMachineExtensions
{
    public static EventActivityBinder<StudyInstance, StartStudy> Begin(this EventActivityBinder<StudyInstance, StartStudy> binder) =>
        binder.Then(context =>
        {
            context.Saga.Settings = context.Message.Settings;
            context.Saga.StartedAt = context.Service<TimeProvider>().GetUtcNow();
            context.Saga.Failed = null;
            (context.Saga.CancelRequest, context.Saga.Request, context.Saga.PausedAt) = (null, null, null);
            (context.Saga.SearchSeconds, context.Saga.CountedUpTo) = (0, null);
        });

    public static string? RefusalOfStart(this BehaviorContext<StudyInstance, StartStudy> context) =>
        SettingsComparison.Refusal(context.Saga.Settings, context.Message.Settings);

    /// <summary>No answer of a study that runs: who waits for it would take that for its end.</summary>
    public static EventActivityBinder<StudyInstance, StartStudy> LogRefused(this EventActivityBinder<StudyInstance, StartStudy> binder) =>
        binder.Then(context => context.Service<StudyCoordinator>().LogRefusal(context.Saga, context.RefusalOfStart()));

    public static EventActivityBinder<StudyInstance, StartStudy> PublishRefused(
        this EventActivityBinder<StudyInstance, StartStudy> binder) =>
        binder.LogRefused().ThenAsync(context => context.Publish(
            StudyMessageFactory.Failed(context.Saga, [context.RefusalOfStart()!], invalidInput: true)));

    public static EventActivityBinder<StudyInstance, T> SendPrepareData<T>(
        this EventActivityBinder<StudyInstance, T> binder, bool again = false)
        where T : class =>
        binder.CountCommand(again).ThenAsync(context => context.Send(
            QueueNames.Address(QueueNames.PrepareData), StudyMessageFactory.PrepareData(context.Saga)));

    public static EventActivityBinder<StudyInstance, DataPrepared> KeepData(this EventActivityBinder<StudyInstance, DataPrepared> binder) =>
        binder.Then(context => context.Saga.Data = context.Message.Data);

    public static EventActivityBinder<StudyInstance, TrialEpochCompleted> Record(
        this EventActivityBinder<StudyInstance, TrialEpochCompleted> binder) =>
        binder.Search((tuner, context) => tuner.RecordEpochAsync(context.Saga, context.Message, context.CancellationToken));

    public static EventActivityBinder<StudyInstance, TrialFailed> Record(this EventActivityBinder<StudyInstance, TrialFailed> binder) =>
        binder.Search((tuner, context) => tuner.RecordFailureAsync(context, context.Saga, context.Message));

    public static EventActivityBinder<StudyInstance, T> Decide<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.Search((tuner, context) => tuner.DecideAsync(context, context.Saga));

    public static EventActivityBinder<StudyInstance, SweepStudy> Sweep(this EventActivityBinder<StudyInstance, SweepStudy> binder) =>
        binder.Search((tuner, context) => tuner.SweepAsync(context, context.Saga));

    public static EventActivityBinder<StudyInstance, ResumeTraining> ReissueAll(
        this EventActivityBinder<StudyInstance, ResumeTraining> binder) =>
        binder.Search((tuner, context) => tuner.ReissueAllAsync(context, context.Saga));

    /// <summary>
    /// Whether it was sent before the study was last cancelled, or resumed after that: a message that comes twice, or late, undoes no
    /// later one. What carries no time of its own, such as plain JSON, is not late.
    /// </summary>
    public static bool IsLate<T>(this BehaviorContext<StudyInstance, T> context)
        where T : class =>
        context.SentAt() is { } sent && sent <= context.Saga.OrderedAt;

    public static EventActivityBinder<StudyInstance, CancelTraining> CancelUnlessLate(
        this EventActivityBinder<StudyInstance, CancelTraining> binder,
        Func<EventActivityBinder<StudyInstance, CancelTraining>, EventActivityBinder<StudyInstance, CancelTraining>> then) =>
        binder.If(context => !context.IsLate(), inTime => then(inTime.Then(context =>
        {
            var now = context.Service<TimeProvider>().GetUtcNow();
            context.Saga.Cancelled = new StudyCancellation(now, context.Saga.CurrentState, context.Message.RegisterBest);
            context.Saga.CancelRequest = null;
            context.Saga.OrderedAt = context.SentAt() ?? now;
        })));

    public static EventActivityBinder<StudyInstance, CancelTraining> EndSearch(
        this EventActivityBinder<StudyInstance, CancelTraining> binder) =>
        binder.Search((tuner, context) => tuner.EndSearchAsync(context.Saga, context.CancellationToken));

    public static EventActivityBinder<StudyInstance, T> PublishCancelled<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Cancelled(context.Saga)).PublishFailedAgain();

    public static EventActivityBinder<StudyInstance, ResumeTraining> TakeUp(
        this EventActivityBinder<StudyInstance, ResumeTraining> binder) =>
        binder.Then(context =>
        {
            (context.Saga.Cancelled, context.Saga.CancelRequest, context.Saga.Failed) = (null, null, null);
            (context.Saga.PausedAt, context.Saga.Request, context.Saga.CountedUpTo) = (null, null, null);
            context.Saga.Result = context.Saga.Result is { Best: null } ? null : context.Saga.Result;
            context.Saga.OrderedAt = context.SentAt() ?? context.Service<TimeProvider>().GetUtcNow();
        });

    /// <summary>Segments are sent in the turn after this one: a runner drops what it gets while the record says that all is over.</summary>
    public static EventActivityBinder<StudyInstance, ResumeTraining> SendResumeTraining(
        this EventActivityBinder<StudyInstance, ResumeTraining> binder) =>
        binder.ThenAsync(context => context.Send(QueueNames.Address(QueueNames.Study), context.Message));

    /// <summary>Sends a command again that nothing came of, or fails the study where that was done often enough.</summary>
    public static EventActivityBinder<StudyInstance, SweepStudy> SendLostCommand(
        this EventActivityBinder<StudyInstance, SweepStudy> binder,
        Func<EventActivityBinder<StudyInstance, SweepStudy>, EventActivityBinder<StudyInstance, SweepStudy>> send,
        Func<EventActivityBinder<StudyInstance, SweepStudy>, EventActivityBinder<StudyInstance, SweepStudy>> giveUp,
        State failed) =>
        binder.IfElse(
            context => CommandOf(context) == CommandDecision.SendAgain,
            lost => send(lost),
            other => other.If(context => CommandOf(context) == CommandDecision.GiveUp, given => giveUp(given).TransitionTo(failed)));

    public static EventActivityBinder<StudyInstance, SweepStudy> PublishGivenUp(
        this EventActivityBinder<StudyInstance, SweepStudy> binder, string command, string service) =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Failed(
            context.Saga, [CommandDeadline.Reason(command, service, context.Saga.CommandsSent, OptionsOf(context))])).PublishFailedAgain();

    /// <summary>
    /// Once the search is over: has the best model registered, or fails the study that has none, was cancelled, or whose search failed.
    /// </summary>
    public static EventActivityBinder<StudyInstance, T> ThenFinishSearch<T>(
        this EventActivityBinder<StudyInstance, T> binder, StudyStateMachine study)
        where T : class =>
        binder.IfElse(context => context.Saga.SearchFailure is not null,
            failed => failed.CancelFolds().PublishSearchFailed().TransitionTo(study.Failed),
            sound => sound.IfElse(context => context.Saga is { Result: null, Cancelled: not null },
                cancelled => cancelled.PublishCancelled().TransitionTo(study.Failed),
                other => other.If(context => context.Saga.Result is not null, over => over.IfElse(
                    context => context.Saga.Result!.Best is not null,
                    found => found.TransitionTo(study.WalkingForward).ThenRegister(study),
                    none => none.CancelFolds().PublishNoModel().TransitionTo(study.Failed)))));

    /// <summary>Has the best model registered once every fold is over, or at once where the study was cancelled.</summary>
    public static EventActivityBinder<StudyInstance, T> ThenRegister<T>(
        this EventActivityBinder<StudyInstance, T> binder, StudyStateMachine study)
        where T : class =>
        binder.If(context => context.Saga.Cancelled is not null || context.Saga.Folds.Count == context.Saga.Settings.WalkForward,
            over => over.SendRegisterModel().TransitionTo(study.Registering));

    /// <summary>
    /// Starts every fold that has not ended, unless the study is paused. One that was started already goes on, and one that is over says
    /// again what it came to.
    /// </summary>
    public static EventActivityBinder<StudyInstance, T> StartFolds<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.If(context => context.Saga.PausedAt is null, active => active.ForOpenFolds((context, fold) => context.Send(
            QueueNames.Address(QueueNames.Study), new StartStudy { ExecutionId = fold.ExecutionId, Settings = fold })));

    /// <summary>Has the work of every fold that has not ended begun again.</summary>
    public static EventActivityBinder<StudyInstance, T> ResumeFolds<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.StartFolds().If(context => context.Saga.PausedAt is null, active => active.ForOpenFolds((context, fold) => context.Send(
            QueueNames.Address(QueueNames.Study), new ResumeTraining { ExecutionId = fold.ExecutionId })));

    /// <summary>Ends the work of every fold that has not ended.</summary>
    public static EventActivityBinder<StudyInstance, T> CancelFolds<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ForOpenFolds((context, fold) => context.Send(
            QueueNames.Address(QueueNames.Study), new CancelTraining { ExecutionId = fold.ExecutionId }));

    public static EventActivityBinder<StudyInstance, FoldEnded> KeepFold(this EventActivityBinder<StudyInstance, FoldEnded> binder) =>
        binder.Then(context =>
        {
            var others = context.Saga.Folds.Where(fold => fold.Number != context.Message.Fold.Number);
            context.Saga.Folds = [.. others.Append(context.Message.Fold).OrderBy(fold => fold.Number)];
        });

    public static EventActivityBinder<StudyInstance, FoldForecast> KeepForecasts(
        this EventActivityBinder<StudyInstance, FoldForecast> binder) =>
        binder.Then(context => context.Saga.Forecasts = context.Message.Forecasts);

    public static EventActivityBinder<StudyInstance, T> SendRegisterModel<T>(
        this EventActivityBinder<StudyInstance, T> binder, bool again = false)
        where T : class =>
        binder.CountCommand(again).ThenAsync(context => context.Send(
            QueueNames.Address(QueueNames.RegisterModel), StudyMessageFactory.RegisterModel(context.Saga, context.Saga.Result!.Best!)));

    public static EventActivityBinder<StudyInstance, ModelRegistered> PublishCompleted(
        this EventActivityBinder<StudyInstance, ModelRegistered> binder) =>
        binder.Then(context =>
        {
            MacroCausalMetrics.Studies.Add(1, new KeyValuePair<string, object?>("outcome", "completed"));
            var now = context.Service<TimeProvider>().GetUtcNow();
            context.Saga.Completed = StudyMessageFactory.Completed(context.Saga, context.Message, now);
        }).PublishCompletedAgain();

    public static EventActivityBinder<StudyInstance, T> PublishCompletedAgain<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Saga.Settings.Fold is { } fold
            ? context.Publish(StudyMessageFactory.FoldEnded(context.Saga, fold))
            : context.Publish(context.Saga.Completed!));

    public static EventActivityBinder<StudyInstance, DataRejected> PublishRejected(
        this EventActivityBinder<StudyInstance, DataRejected> binder) =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, context.Message.Reasons, invalidInput: true))
            .PublishFailedAgain();

    public static EventActivityBinder<StudyInstance, T> PublishFailed<T>(
        this EventActivityBinder<StudyInstance, T> binder, Func<T, IReadOnlyList<string>> reasons)
        where T : class =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, reasons(context.Message)))
            .PublishFailedAgain();

    public static EventActivityBinder<StudyInstance, Fault<T>> PublishFailed<T>(
        this EventActivityBinder<StudyInstance, Fault<T>> binder, Func<Fault<T>, IReadOnlyList<ExceptionInfo>> exceptions)
        where T : class =>
        binder.PublishFailed(fault => exceptions(fault).Select(exception => exception.Message).ToList());

    public static EventActivityBinder<StudyInstance, T> PublishFailedAgain<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            if (context.Saga.Settings.Fold is { } fold)
            {
                // One that was cancelled is not over: it goes on where its study does.
                if (context.Saga.Cancelled is null) await context.Publish(StudyMessageFactory.FoldEnded(context.Saga, fold));
                return;
            }

            MacroCausalMetrics.Studies.Add(
                1, new KeyValuePair<string, object?>("outcome", context.Saga.Cancelled is null ? "failed" : "cancelled"));
            await context.Publish(context.Saga.Failed!);
        });

    // Does something for every fold that has not ended, one after the other.
    public static EventActivityBinder<StudyInstance, T> ForOpenFolds<T>(
        this EventActivityBinder<StudyInstance, T> binder, Func<BehaviorContext<StudyInstance, T>, StudySettings, Task> act)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var ended = context.Saga.Folds.Select(fold => fold.Number).ToHashSet();
            foreach (var fold in context.Saga.Settings.Folds().Where(fold => !ended.Contains(fold.Fold!.Number)))
            {
                await act(context, fold);
            }
        });

    private static EventActivityBinder<StudyInstance, T> PublishNoModel<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var failures = await FailureReasons.OfAsync(context.Service<IStudyStore>().ListTrialsAsync(
                context.Saga.Settings.ExecutionId, context.CancellationToken));
            var none = $"None of {context.Saga.Result!.Trials} trials has a model.";
            context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, [none, .. failures]);
        }).PublishFailedAgain();

    private static EventActivityBinder<StudyInstance, T> PublishSearchFailed<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.Then(context => context.Saga.Failed = StudyMessageFactory.Failed(context.Saga, [context.Saga.SearchFailure!]))
            .PublishFailedAgain();

    private static EventActivityBinder<StudyInstance, T> Search<T>(
        this EventActivityBinder<StudyInstance, T> binder, Func<StudyCoordinator, BehaviorContext<StudyInstance, T>, Task> part)
        where T : class =>
        binder.ThenAsync(context =>
        {
            var tuner = context.Service<StudyCoordinator>();
            return tuner.RunAsync(context.Saga, () => part(tuner, context));
        });

    private static EventActivityBinder<StudyInstance, T> CountCommand<T>(this EventActivityBinder<StudyInstance, T> binder, bool again)
        where T : class =>
        binder.Then(context =>
        {
            context.Saga.CommandSentAt = context.Service<TimeProvider>().GetUtcNow();
            context.Saga.CommandsSent = again ? context.Saga.CommandsSent + 1 : 1;
        });

    // By the broker's clock where it says so, which is the same for all senders.
    public static DateTimeOffset? SentAt(this ConsumeContext context) => context.ReceiveContext.GetSentTime() ?? context.SentTime;

    public static DateTimeOffset Now(this PipeContext context) => context.Service<TimeProvider>().GetUtcNow();

    private static CommandDecision CommandOf(BehaviorContext<StudyInstance> context) => CommandDeadline.Decide(
        context.Saga.CommandSentAt, context.Saga.CommandsSent, OptionsOf(context), context.Service<TimeProvider>().GetUtcNow());

    private static TunerOptions OptionsOf(PipeContext context) => context.Service<IOptions<TunerOptions>>().Value;

    private static TService Service<TService>(this PipeContext context)
        where TService : notnull =>
        context.GetPayload<IServiceProvider>().GetRequiredService<TService>();
}
