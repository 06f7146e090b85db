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
        Correlate(() => CancelTraining, message => message.ExecutionId);
        Correlate(() => PauseTraining, message => message.ExecutionId);
        Correlate(() => SweepStudy, message => message.ExecutionId);
        Correlate(() => DataPrepared, message => message.ExecutionId);
        Correlate(() => DataRejected, message => message.ExecutionId);
        Correlate(() => PrepareDataFaulted, fault => fault.Message.ExecutionId);
        Correlate(() => TrialEpochCompleted, message => message.ExecutionId);
        Correlate(() => TrialFailed, message => message.ExecutionId);
        Correlate(() => FoldEnded, message => message.ExecutionId);
        Correlate(() => ModelRegistered, message => message.ExecutionId);
        Correlate(() => FoldForecast, message => message.ExecutionId);
        Correlate(() => RegistrationFailed, message => message.ExecutionId);
        Correlate(() => RegisterModelFaulted, fault => fault.Message.ExecutionId);

        Initially(
            When(StartStudy).Begin().SendPrepareData().TransitionTo(Preparing));

        During(Preparing,
            When(DataPrepared).KeepData().StartFolds().TransitionTo(Searching).Decide().ThenFinishSearch(this),
            When(DataRejected).PublishRejected().TransitionTo(Failed),
            When(PrepareDataFaulted).PublishFailed(fault => fault.Exceptions).TransitionTo(Failed),
            When(SweepStudy).SendLostCommand(
                lost => lost.SendPrepareData(again: true), given => given.PublishGivenUp(nameof(PrepareData), "DataPrep"), Failed),
            When(CancelTraining).CancelUnlessLate(cancelled => cancelled.PublishCancelled().TransitionTo(Failed)),
            When(PauseTraining).PauseUnlessLate(),
            When(ResumeTraining).Unpause().SendPrepareData());

        During(Searching,
            When(TrialEpochCompleted).Record().Decide().ThenFinishSearch(this),
            When(TrialFailed).Record().Decide().ThenFinishSearch(this),
            When(FoldEnded).KeepFold(),
            When(SweepStudy).Sweep().Decide().ThenFinishSearch(this),
            When(CancelTraining).CancelUnlessLate(cancelled => cancelled.CancelFolds().EndSearch().ThenFinishSearch(this)),
            When(PauseTraining).PauseUnlessLate(),
            When(ResumeTraining).Unpause().ResumeFolds().ReissueAll().Decide().ThenFinishSearch(this));

        // The search is over before its walk-forward is. A fold whose start or end got lost is asked again.
        During(WalkingForward,
            When(FoldEnded).KeepFold().ThenRegister(this),
            When(SweepStudy).StartFolds(),
            When(CancelTraining).CancelUnlessLate(cancelled => cancelled.CancelFolds().IfElse(
                context => context.Message.RegisterBest,
                with => with.ThenRegister(this), without => without.PublishCancelled().TransitionTo(Failed))),
            When(PauseTraining).PauseUnlessLate(),
            When(ResumeTraining).Unpause().ResumeFolds());

        During(Registering,
            When(ModelRegistered).PublishCompleted().TransitionTo(Completed),
            When(FoldForecast).KeepForecasts().PublishCompletedAgain().TransitionTo(Completed),
            When(RegistrationFailed).PublishFailed(failure => [failure.Reason]).TransitionTo(Failed),
            When(RegisterModelFaulted).PublishFailed(fault => fault.Exceptions).TransitionTo(Failed),
            When(SweepStudy).SendLostCommand(
                lost => lost.SendRegisterModel(again: true), given => given.PublishGivenUp(nameof(RegisterModel), "Registry"), Failed),
            When(CancelTraining).If(context => !context.Message.RegisterBest,
                without => without.CancelUnlessLate(cancelled => cancelled.PublishCancelled().TransitionTo(Failed))),
            When(ResumeTraining).SendRegisterModel());

        During(Completed,
            When(StartStudy).IfElse(context => context.RefusalOfStart() is not null,
                other => other.PublishRefused(), same => same.PublishCompletedAgain()),
            When(ResumeTraining).PublishCompletedAgain());

        // A table or a bucket can be fixed: a study that never had data begins anew, one that has a best model registers it again. One that
        // was cancelled goes on where it stopped, but only where ResumeTraining says so: its StartTraining may come twice.
        During(Failed,
            When(StartStudy).IfElse(context => context.Saga is { Data: null, Cancelled: null },
                anew => anew.Begin().SendPrepareData().TransitionTo(Preparing),
                over => over.IfElse(context => context.RefusalOfStart() is not null,
                    other => other.PublishRefused(), same => same.PublishFailedAgain())),
            When(ResumeTraining).IfElse(context => context.IsLate() || !context.Saga.CanBeResumed,
                over => over.PublishFailedAgain(),
                again => again.TakeUp().IfElse(context => context.Saga.Data is null,
                    unprepared => unprepared.SendPrepareData().TransitionTo(Preparing),
                    prepared => prepared.IfElse(context => context.Saga.Result?.Best is not null,
                        found => found.ResumeFolds().TransitionTo(WalkingForward).ThenRegister(this),
                        unfinished => unfinished.SendResumeTraining().TransitionTo(Searching)))));

        IgnoreWhatComesLate();
    }

    /// <summary>DataPrep is at work.</summary>
    public State Preparing { get; private set; } = null!;

    /// <summary>Segments of trials run.</summary>
    public State Searching { get; private set; } = null!;

    /// <summary>The search is over and folds of the walk-forward are not.</summary>
    public State WalkingForward { get; private set; } = null!;

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

    /// <summary>The study is to end before its time.</summary>
    public Event<CancelTraining> CancelTraining { get; private set; } = null!;

    /// <summary>The study is to start nothing until it is resumed.</summary>
    public Event<PauseTraining> PauseTraining { get; private set; } = null!;

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

    /// <summary>A fold of the study's walk-forward is over.</summary>
    public Event<FoldEnded> FoldEnded { get; private set; } = null!;

    /// <summary>The Registry has had the model of a study that is a fold forecast the fold's block.</summary>
    public Event<FoldForecast> FoldForecast { get; private set; } = null!;

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
        During([Preparing, Searching, WalkingForward, Registering], When(StartStudy).LogRefused());
        During([Searching, WalkingForward, Registering, Completed, Failed],
            Ignore(DataPrepared), Ignore(DataRejected), Ignore(PrepareDataFaulted));
        During([Preparing, WalkingForward, Registering, Completed, Failed], Ignore(TrialEpochCompleted), Ignore(TrialFailed));
        During([Preparing, Registering, Completed, Failed], Ignore(FoldEnded));
        During([Completed, Failed], Ignore(SweepStudy), Ignore(CancelTraining));
        During([Registering, Completed, Failed], Ignore(PauseTraining));
        During([Preparing, Searching, WalkingForward, Completed, Failed],
            Ignore(ModelRegistered), Ignore(FoldForecast), Ignore(RegistrationFailed), Ignore(RegisterModelFaulted));
    }
}
