using System.Collections.Concurrent;
using MassTransit;

namespace MacroCausal.Bench.Messages;

/// <summary>Runners that take their time, and a quota of segments.</summary>
/// <param name="Segment">How long a segment takes.</param>
/// <param name="Workers">Number of segments that are trained at once.</param>
/// <param name="MaxSegments">The Tuner's setting.</param>
internal sealed record Pace(TimeSpan Segment, int Workers, int MaxSegments)
{
    private readonly ConcurrentDictionary<string, long> _done = new(StringComparer.Ordinal);
    private volatile bool _isDraining;

    /// <summary>Segments of a study that are done.</summary>
    public long Done(string executionId) => _done.GetValueOrDefault(executionId);

    /// <summary>From now on segments take no time.</summary>
    public void Drain() => _isDraining = true;

    /// <summary>Trains a segment.</summary>
    public async Task TrainAsync(string executionId)
    {
        if (!_isDraining) await Task.Delay(Segment);
        _done.AddOrUpdate(executionId, 1, (_, done) => done + 1);
    }
}

/// <summary>A TrialRunner that sleeps, then reports every epoch at once.</summary>
internal sealed class PacedRunner(Pace pace) : IConsumer<RunTrial>
{
    public async Task Consume(ConsumeContext<RunTrial> context)
    {
        await pace.TrainAsync(context.Message.ExecutionId);
        for (var epoch = context.Message.FromEpoch + 1; epoch <= context.Message.ToEpoch; epoch++)
        {
            await context.Publish(SeededLoss.Report(context.Message, epoch));
        }
    }
}
