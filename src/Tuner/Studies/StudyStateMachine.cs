using System.Linq.Expressions;
using MacroCausal.Hosting;
using MacroCausal.Tuner.Settings;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>A study from its start to its end: prepare the data, search, register the best model.</summary>
public sealed class StudyStateMachine : MassTransitStateMachine<StudyInstance>
{
    private readonly Dictionary<Type, Delegate> _executionIds = [];
    private readonly List<Action<ISagaConfigurator<StudyInstance>, IPartitioner>> _partitions = [];

    /// <summary>Draws the states and the ways between them.</summary>
    public StudyStateMachine()
    {
        InstanceState(study => study.CurrentState);

        // Every message of a study, once: correlation, partition and load of the instance follow from this list.
        Correlate(() => StartStudy, message => message.ExecutionId);
        Correlate(() => ResumeTraining, message => message.ExecutionId);
        Correlate(() => SweepStudy, message => message.ExecutionId);
        Correlate(() => DataPrepared, message => message.ExecutionId);
        Correlate(() => DataRejected, message => message.ExecutionId);
        Correlate(() => PrepareDataFaulted, fault => fault.Message.ExecutionId);
        Correlate(() => TrialEpochCompleted, message => message.ExecutionId);
        Correlate(() => TrialFailed, message => message.ExecutionId);
        Correlate(() => ModelRegistered, message => message.ExecutionId);
        Correlate(() => RegistrationFailed, message => message.ExecutionId);
        Correlate(() => RegisterModelFaulted, fault => fault.Message.ExecutionId);

        Initially(
            When(StartStudy).Begin().SendPrepareData().TransitionTo(Preparing));

        During(Preparing,
            When(DataPrepared).KeepData().TransitionTo(Searching).Decide().ThenFinishSearch(this),
            When(DataRejected).PublishRejected().TransitionTo(Failed),
            When(PrepareDataFaulted).PublishFailed(fault => fault.Exceptions).TransitionTo(Failed),
            When(SweepStudy).SendLostCommand(
                lost => lost.SendPrepareData(again: true), given => given.PublishGivenUp(nameof(PrepareData), "DataPrep"), Failed),
            When(ResumeTraining).SendPrepareData());

        During(Searching,
            When(TrialEpochCompleted).Record().Decide().ThenFinishSearch(this),
            When(TrialFailed).Record().Decide().ThenFinishSearch(this),
            When(SweepStudy).Sweep().Decide().ThenFinishSearch(this),
            When(ResumeTraining).ReissueAll().Decide().ThenFinishSearch(this));

        During(Registering,
            When(ModelRegistered).PublishCompleted().TransitionTo(Completed),
            When(RegistrationFailed).PublishFailed(failure => [failure.Reason]).TransitionTo(Failed),
            When(RegisterModelFaulted).PublishFailed(fault => fault.Exceptions).TransitionTo(Failed),
            When(SweepStudy).SendLostCommand(
                lost => lost.SendRegisterModel(again: true), given => given.PublishGivenUp(nameof(RegisterModel), "Registry"), Failed),
            When(ResumeTraining).SendRegisterModel());

        During(Completed,
            When(StartStudy).IfElse(context => context.RefusalOfStart() is not null,
                other => other.PublishRefused(), same => same.PublishCompletedAgain()),
            When(ResumeTraining).PublishCompletedAgain());

        // A table or a bucket can be fixed: a study that never had data begins anew, one that has a best model registers it again.
        During(Failed,
            When(StartStudy).IfElse(context => context.Saga.Data is null,
                anew => anew.Begin().SendPrepareData().TransitionTo(Preparing),
                over => over.IfElse(context => context.RefusalOfStart() is not null,
                    other => other.PublishRefused(), same => same.PublishFailedAgain())),
            When(ResumeTraining).IfElse(context => context.Saga.Data is null,
                again => again.SendPrepareData().TransitionTo(Preparing),
                prepared => prepared.IfElse(context => context.Saga.Result?.Best is not null,
                    again => again.SendRegisterModel().TransitionTo(Registering),
                    over => over.PublishFailedAgain())));

        IgnoreWhatComesLate();
    }

    /// <summary>DataPrep is at work.</summary>
    public State Preparing { get; private set; } = null!;

    /// <summary>Segments of trials run.</summary>
    public State Searching { get; private set; } = null!;

    /// <summary>The Registry is at work.</summary>
    public State Registering { get; private set; } = null!;

    /// <summary>The model is registered.</summary>
    public State Completed { get; private set; } = null!;

    /// <summary>There is no model.</summary>
    public State Failed { get; private set; } = null!;

    /// <summary>The settings are checked: the study may begin.</summary>
    public Event<StartStudy> StartStudy { get; private set; } = null!;

    /// <summary>Work was lost, because a process died: what runs is to be sent again.</summary>
    public Event<ResumeTraining> ResumeTraining { get; private set; } = null!;

    /// <summary>It is time to look for expired leases, and for a command that nothing came of.</summary>
    public Event<SweepStudy> SweepStudy { get; private set; } = null!;

    /// <summary>DataPrep has written the splits.</summary>
    public Event<DataPrepared> DataPrepared { get; private set; } = null!;

    /// <summary>DataPrep has found the table unfit for training.</summary>
    public Event<DataRejected> DataRejected { get; private set; } = null!;

    /// <summary>DataPrep has thrown, after all its retries.</summary>
    public Event<Fault<PrepareData>> PrepareDataFaulted { get; private set; } = null!;

    /// <summary>A runner has trained an epoch; the last one of a segment carries a checkpoint.</summary>
    public Event<TrialEpochCompleted> TrialEpochCompleted { get; private set; } = null!;

    /// <summary>A runner could not train a segment.</summary>
    public Event<TrialFailed> TrialFailed { get; private set; } = null!;

    /// <summary>The Registry has stored the model.</summary>
    public Event<ModelRegistered> ModelRegistered { get; private set; } = null!;

    /// <summary>The Registry cannot store the model.</summary>
    public Event<RegistrationFailed> RegistrationFailed { get; private set; } = null!;

    /// <summary>The Registry has thrown, after all its retries.</summary>
    public Event<Fault<RegisterModel>> RegisterModelFaulted { get; private set; } = null!;

    /// <summary>The execution id of a message of the saga; <typeparamref name="T"/> is the type of its event.</summary>
    internal string ExecutionIdOf<T>(T message)
        where T : class =>
        _executionIds.TryGetValue(typeof(T), out var executionIdOf)
            ? ((Func<T, string>)executionIdOf)(message)
            : throw new ArgumentException(
                $"{typeof(T)} is no message of a study; add it to the list in {nameof(StudyStateMachine)}.", nameof(message));

    /// <summary>Lets one message of a study be consumed at a time.</summary>
    internal void PartitionMessages(ISagaConfigurator<StudyInstance> saga, IPartitioner partitioner) =>
        _partitions.ForEach(partition => partition(saga, partitioner));

    private void Correlate<T>(Expression<Func<Event<T>>> happening, Func<T, string> executionIdOf)
        where T : class
    {
        _executionIds.Add(typeof(T), executionIdOf);
        _partitions.Add((saga, partitioner) =>
            saga.Message<T>(message => message.UsePartitioner(partitioner, context => StudyIdOf(context.Message))));
        Event(happening, correlation =>
        {
            correlation.CorrelateById(context => StudyIdOf(context.Message));
            correlation.OnMissingInstance(missing => missing.Discard());
        });

        Guid StudyIdOf(T message) => ExecutionIds.StudyId(executionIdOf(message));
    }

    private void IgnoreWhatComesLate()
    {
        During([Preparing, Searching, Registering], When(StartStudy).LogRefused());
        During([Searching, Registering, Completed, Failed], Ignore(DataPrepared), Ignore(DataRejected), Ignore(PrepareDataFaulted));
        During([Preparing, Registering, Completed, Failed], Ignore(TrialEpochCompleted), Ignore(TrialFailed));
        During([Completed, Failed], Ignore(SweepStudy));
        During([Preparing, Searching, Completed, Failed],
            Ignore(ModelRegistered), Ignore(RegistrationFailed), Ignore(RegisterModelFaulted));
    }
}

/// <summary>
/// The endpoint of the study saga: one message of a study at a time, lost races tried again. Epochs are recorded before a study's turn
/// comes, side by side.
/// </summary>
internal sealed class StudyDefinition : SagaDefinition<StudyInstance>
{
    private const int Partitions = 16;

    // Reports that wait for their study's turn hold a place; epochs that only need a record must find one beside them.
    private const int MaxConcurrentMessages = 64;

    public StudyDefinition() => EndpointName = QueueNames.Study;

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<StudyInstance> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = MaxConcurrentMessages;
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(50, 200, 500, 1000, 2000));
        // The recorder's store is first looked for when an epoch comes: configuring the bus needs none.
        sagaConfigurator.Message<TrialEpochCompleted>(message =>
            message.UseFilter(new EpochFilter(context.GetRequiredService<EpochRecorder>)));
        var partitioner = endpointConfigurator.CreatePartitioner(Partitions);
        context.GetRequiredService<StudyStateMachine>().PartitionMessages(sagaConfigurator, partitioner);
    }
}

/// <summary>What <see cref="StudyStateMachine"/> does between its states.</summary>
internal static class StudyStateMachineExtensions
{
    public static EventActivityBinder<StudyInstance, StartStudy> Begin(this EventActivityBinder<StudyInstance, StartStudy> binder) =>
        binder.Then(context =>
        {
            context.Saga.Settings = context.Message.Settings;
            context.Saga.StartedAt = context.Service<TimeProvider>().GetUtcNow();
            context.Saga.Failed = null;
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

    /// <summary>Once the search is over: has the best model registered, or fails the study that has none, or whose search failed.</summary>
    public static EventActivityBinder<StudyInstance, T> ThenFinishSearch<T>(
        this EventActivityBinder<StudyInstance, T> binder, StudyStateMachine study)
        where T : class =>
        binder.IfElse(context => context.Saga.SearchFailure is not null,
            failed => failed.PublishSearchFailed().TransitionTo(study.Failed),
            sound => sound.If(context => context.Saga.Result is not null, over => over.IfElse(
                context => context.Saga.Result!.Best is not null,
                found => found.SendRegisterModel().TransitionTo(study.Registering),
                none => none.PublishNoModel().TransitionTo(study.Failed))));

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
        binder.ThenAsync(context => context.Publish(context.Saga.Completed!));

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
        binder.Then(_ => MacroCausalMetrics.Studies.Add(1, new KeyValuePair<string, object?>("outcome", "failed")))
            .ThenAsync(context => context.Publish(context.Saga.Failed!));

    private static EventActivityBinder<StudyInstance, T> PublishNoModel<T>(this EventActivityBinder<StudyInstance, T> binder)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var failures = await context.Service<StudyCoordinator>().FailureReasonsAsync(context.Saga, context.CancellationToken);
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

    private static CommandDecision CommandOf(BehaviorContext<StudyInstance> context) => CommandDeadline.Decide(
        context.Saga.CommandSentAt, context.Saga.CommandsSent, OptionsOf(context), context.Service<TimeProvider>().GetUtcNow());

    private static TunerOptions OptionsOf(PipeContext context) => context.Service<IOptions<TunerOptions>>().Value;

    private static TService Service<TService>(this PipeContext context)
        where TService : notnull =>
        context.GetPayload<IServiceProvider>().GetRequiredService<TService>();
}
