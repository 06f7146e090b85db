using MacroCausal.Storage;
using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace MacroCausal.Tuner.Studies;

/// <summary>Lets MassTransit keep the study saga in an <see cref="IStudyStore"/>, with optimistic concurrency.</summary>
internal sealed class StudySagaRepositoryContextFactory(
    IStudyStore store, StudyStateMachine machine, StudyLooks looks, ISagaConsumeContextFactory<IStudyStore, StudyInstance> factory)
    : ISagaRepositoryContextFactory<StudyInstance>
{
    public void Probe(ProbeContext context) => context.Add("persistence", "study-store");

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<StudyInstance, T>> next)
        where T : class =>
        next.Send(new StudySagaRepositoryContext<T>(store, machine, looks, context, factory));

    public Task SendQuery<T>(
        ConsumeContext<T> context, ISagaQuery<StudyInstance> query, IPipe<SagaRepositoryQueryContext<StudyInstance, T>> next)
        where T : class =>
        throw new NotSupportedException("A study is found by its execution id alone; correlate the message by id.");
}

/// <summary>
/// Loads and saves a study's instance while one message is consumed. A lost race throws <see cref="ConcurrencyException"/>, and the
/// message is tried again.
/// </summary>
internal sealed class StudySagaRepositoryContext<TMessage>(
    IStudyStore store,
    StudyStateMachine machine,
    StudyLooks looks,
    ConsumeContext<TMessage> context,
    ISagaConsumeContextFactory<IStudyStore, StudyInstance> factory)
    : ConsumeContextScope<TMessage>(context), SagaRepositoryContext<StudyInstance, TMessage>
    where TMessage : class
{
    private readonly ConsumeContext<TMessage> _context = context;

    public Task<SagaConsumeContext<StudyInstance, TMessage>> Add(StudyInstance instance) =>
        factory.CreateSagaConsumeContext(store, _context, instance, SagaConsumeContextMode.Add);

    // A study that is there already is loaded instead: null says so.
    public Task<SagaConsumeContext<StudyInstance, TMessage>> Insert(StudyInstance instance) =>
        Task.FromResult<SagaConsumeContext<StudyInstance, TMessage>>(null!);

    public async Task<SagaConsumeContext<StudyInstance, TMessage>> Load(Guid correlationId)
    {
        var record = await store.FindStudyAsync(machine.ExecutionIdOf(_context.Message), CancellationToken);
        return record is null
            ? null!
            : await factory.CreateSagaConsumeContext(store, _context, StudyDocument.Read(record), SagaConsumeContextMode.Load);
    }

    public async Task Save(SagaConsumeContext<StudyInstance> context)
    {
        await looks.BeginAsync(context.Saga, CancellationToken);
        if (!await store.TryAddStudyAsync(StudyDocument.Write(context.Saga), CancellationToken)) throw LostRace(context.Saga);
    }

    public async Task Update(SagaConsumeContext<StudyInstance> context)
    {
        await looks.BeginAsync(context.Saga, CancellationToken);
        if (StudyDocument.Next(context.Saga) is { } next && !await store.TryReplaceStudyAsync(next, CancellationToken))
        {
            throw LostRace(context.Saga);
        }

        await looks.EndAsync(context.Saga, CancellationToken);
    }

    public Task Delete(SagaConsumeContext<StudyInstance> context) =>
        throw new NotSupportedException("A study's record is kept, so that the same StartTraining again is the same study.");

    public Task Discard(SagaConsumeContext<StudyInstance> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<StudyInstance> context) => Task.CompletedTask;

    public Task<SagaConsumeContext<StudyInstance, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext, StudyInstance instance, SagaConsumeContextMode mode)
        where T : class =>
        factory.CreateSagaConsumeContext(store, consumeContext, instance, mode);

    private static ConcurrencyException LostRace(StudyInstance instance) =>
        new(
            $"Another Tuner has changed the study '{instance.Settings.ExecutionId}' at the same time.",
            typeof(StudyInstance),
            instance.CorrelationId);
}
