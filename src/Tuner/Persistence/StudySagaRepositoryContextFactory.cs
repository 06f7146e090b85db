using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;
using MassTransit;
using MassTransit.Saga;

namespace MacroCausal.Tuner.Persistence;

/// <summary>Lets MassTransit keep the study saga in an <see cref="IStudyStore"/>, with optimistic concurrency.</summary>
internal sealed class StudySagaRepositoryContextFactory(IStudyStore store, ISagaConsumeContextFactory<IStudyStore, StudyInstance> factory)
    : ISagaRepositoryContextFactory<StudyInstance>
{
    public void Probe(ProbeContext context) => context.Add("persistence", "study-store");

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<StudyInstance, T>> next)
        where T : class =>
        next.Send(new StudySagaRepositoryContext<T>(store, context, factory));

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<StudyInstance> query, IPipe<SagaRepositoryQueryContext<StudyInstance, T>> next)
        where T : class =>
        throw new NotSupportedException("A study is found by its execution id alone; correlate the message by id.");
}
