using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>A study from its start to its end: prepare the data, search, register the best model.</summary>
public sealed class StudyStateMachine : MassTransitStateMachine<StudyInstance>
{
    /// <summary>Draws the states and the ways between them.</summary>
    public StudyStateMachine()
    {
        InstanceState(study => study.CurrentState);
        CorrelateEvents();

        Initially(
            When(StartStudy).Begin().SendPrepareData().TransitionTo(Preparing));

        During(Preparing,
            When(DataPrepared).KeepData().BeginSweeping().TransitionTo(Searching).Decide().ThenFinishSearch(this),
            When(DataRejected).PublishRejected().TransitionTo(Failed),
            When(PrepareDataFaulted).PublishFailed(fault => fault.Exceptions).TransitionTo(Failed),
            When(ResumeTraining).SendPrepareData());

        During(Searching,
            When(TrialEpochCompleted).Record().Decide().ThenFinishSearch(this),
            When(TrialFailed).Record().Decide().ThenFinishSearch(this),
            When(SweepStudy, context => context.Message.Chain == context.Saga.SweepChain).Sweep().Decide().SweepAgain().ThenFinishSearch(this),
            When(ResumeTraining).Reissue().BeginSweeping().Decide().ThenFinishSearch(this));

        During(Registering,
            When(ModelRegistered).PublishCompleted().TransitionTo(Completed),
            When(RegistrationFailed).PublishFailed(failure => [failure.Reason]).TransitionTo(Failed),
            When(RegisterModelFaulted).PublishFailed(fault => fault.Exceptions).TransitionTo(Failed),
            When(ResumeTraining).SendRegisterModel());

        During(Completed,
            When(StartStudy).PublishCompletedAgain(),
            When(ResumeTraining).PublishCompletedAgain());

        // A table or a bucket can be mended: a study that never had data begins anew, one that has a winner registers it again.
        During(Failed,
            When(StartStudy).IfElse(context => context.Saga.Data is null,
                anew => anew.Begin().SendPrepareData().TransitionTo(Preparing),
                over => over.PublishFailedAgain()),
            When(ResumeTraining).IfElse(context => context.Saga.Data is null,
                again => again.SendPrepareData().TransitionTo(Preparing),
                prepared => prepared.IfElse(context => context.Saga.Result?.Winner is not null,
                    again => again.SendRegisterModel().TransitionTo(Registering),
                    over => over.PublishFailedAgain())));

        IgnoreWhatComesLate();
    }

    /// <summary>DataPrep is at work.</summary>
    public State Preparing { get; private set; } = null!;

    /// <summary>Trials run.</summary>
    public State Searching { get; private set; } = null!;

    /// <summary>The Registry is at work.</summary>
    public State Registering { get; private set; } = null!;

    /// <summary>The model is registered.</summary>
    public State Completed { get; private set; } = null!;

    /// <summary>There is no model.</summary>
    public State Failed { get; private set; } = null!;

    /// <summary>The study is asked for.</summary>
    public Event<StartStudy> StartStudy { get; private set; } = null!;

    /// <summary>The study is to be taken up again.</summary>
    public Event<ResumeTraining> ResumeTraining { get; private set; } = null!;

    /// <summary>It is time to look for silent segments.</summary>
    public Event<SweepStudy> SweepStudy { get; private set; } = null!;

    /// <summary>The splits are there.</summary>
    public Event<DataPrepared> DataPrepared { get; private set; } = null!;

    /// <summary>The table cannot be trained on.</summary>
    public Event<DataRejected> DataRejected { get; private set; } = null!;

    /// <summary>DataPrep could not do its work.</summary>
    public Event<Fault<PrepareData>> PrepareDataFaulted { get; private set; } = null!;

    /// <summary>An epoch is done.</summary>
    public Event<TrialEpochCompleted> TrialEpochCompleted { get; private set; } = null!;

    /// <summary>A segment failed.</summary>
    public Event<TrialFailed> TrialFailed { get; private set; } = null!;

    /// <summary>The model is stored.</summary>
    public Event<ModelRegistered> ModelRegistered { get; private set; } = null!;

    /// <summary>The model cannot be stored.</summary>
    public Event<RegistrationFailed> RegistrationFailed { get; private set; } = null!;

    /// <summary>The Registry could not do its work.</summary>
    public Event<Fault<RegisterModel>> RegisterModelFaulted { get; private set; } = null!;

    private void CorrelateEvents()
    {
        Correlate(() => StartStudy);
        Correlate(() => ResumeTraining);
        Correlate(() => SweepStudy);
        Correlate(() => DataPrepared);
        Correlate(() => DataRejected);
        Correlate(() => PrepareDataFaulted);
        Correlate(() => TrialEpochCompleted);
        Correlate(() => TrialFailed);
        Correlate(() => ModelRegistered);
        Correlate(() => RegistrationFailed);
        Correlate(() => RegisterModelFaulted);
    }

    private void Correlate<T>(System.Linq.Expressions.Expression<Func<Event<T>>> happening)
        where T : class =>
        Event(happening, correlation =>
        {
            correlation.CorrelateById(context => StudyMessages.StudyIdOf(context.Message));
            correlation.OnMissingInstance(missing => missing.Discard());
        });

    private void IgnoreWhatComesLate()
    {
        During([Preparing, Searching, Registering], Ignore(StartStudy));
        During([Searching, Registering, Completed, Failed], Ignore(DataPrepared), Ignore(DataRejected), Ignore(PrepareDataFaulted));
        During([Preparing, Registering, Completed, Failed], Ignore(TrialEpochCompleted), Ignore(TrialFailed), Ignore(SweepStudy));
        During(Searching, Ignore(SweepStudy, context => context.Message.Chain != context.Saga.SweepChain));
        During([Preparing, Searching, Completed, Failed], Ignore(ModelRegistered), Ignore(RegistrationFailed), Ignore(RegisterModelFaulted));
    }
}
