using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;
using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace MacroCausal.Tuner.Persistence;

/// <summary>Loads and saves a study's instance while one message is consumed. A lost race throws <see cref="ConcurrencyException"/>, and the message is tried again.</summary>
internal sealed class StudySagaRepositoryContext<TMessage>(
    IStudyStore store, ConsumeContext<TMessage> context, ISagaConsumeContextFactory<IStudyStore, StudyInstance> factory)
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
        var record = await store.FindStudyAsync(StudyMessages.ExecutionIdOf(_context.Message), CancellationToken).ConfigureAwait(false);
        return record is null
            ? null!
            : await factory.CreateSagaConsumeContext(store, _context, StudyDocument.Read(record), SagaConsumeContextMode.Load).ConfigureAwait(false);
    }

    public async Task Save(SagaConsumeContext<StudyInstance> context)
    {
        if (!await store.TryAddStudyAsync(StudyDocument.Write(context.Saga), CancellationToken).ConfigureAwait(false))
        {
            throw LostRace(context.Saga);
        }
    }

    public async Task Update(SagaConsumeContext<StudyInstance> context)
    {
        if (StudyDocument.Next(context.Saga) is { } next && !await store.TryReplaceStudyAsync(next, CancellationToken).ConfigureAwait(false))
        {
            throw LostRace(context.Saga);
        }
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
        new($"Another Tuner has changed the study '{instance.Settings.ExecutionId}' at the same time.", typeof(StudyInstance), instance.CorrelationId);
}
