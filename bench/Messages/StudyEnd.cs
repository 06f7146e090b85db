using System.Collections.Concurrent;
using MassTransit;

namespace MacroCausal.Bench.Messages;

/// <summary>Where studies that end are waited for.</summary>
internal sealed class StudyEnds
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<TrainingCompleted>> _ends = new(StringComparer.Ordinal);

    public Task<TrainingCompleted> Of(string executionId) => End(executionId).Task;

    public void Come(TrainingCompleted completed) => End(completed.ExecutionId).TrySetResult(completed);

    public void Come(TrainingFailed failed) =>
        End(failed.ExecutionId).TrySetException(
            new InvalidOperationException($"The study '{failed.ExecutionId}' failed: {string.Join(' ', failed.Reasons)}"));

    private TaskCompletionSource<TrainingCompleted> End(string executionId) =>
        _ends.GetOrAdd(executionId, _ => new TaskCompletionSource<TrainingCompleted>(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>Brings them in.</summary>
internal sealed class StudyEndConsumer(StudyEnds ends) : IConsumer<TrainingCompleted>, IConsumer<TrainingFailed>
{
    public Task Consume(ConsumeContext<TrainingCompleted> context)
    {
        ends.Come(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<TrainingFailed> context)
    {
        ends.Come(context.Message);
        return Task.CompletedTask;
    }
}
