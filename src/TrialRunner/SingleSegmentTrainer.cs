using MacroCausal.Model.Training;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>A segment that is ready to be trained.</summary>
/// <param name="Start">The trial, and the checkpoint from which it goes on.</param>
/// <param name="Train">Rows to train on.</param>
/// <param name="Validation">Rows to evaluate on.</param>
/// <param name="Output">Takes every epoch; its <see cref="SegmentOutput.Stop"/> asks the segment to stop.</param>
internal sealed record SegmentTraining(TrialStart Start, TrainingRows Train, TrainingRows Validation, SegmentOutput Output);

/// <summary>
/// Trains segments with the engine of this process: <see cref="Groups.GroupSegmentTrainer"/> where it is the stacked one, else
/// <see cref="SingleSegmentTrainer"/>.
/// </summary>
internal interface ISegmentTrainer
{
    /// <summary>
    /// Completes once the last report is sent; fails with what went wrong, or with <see cref="OperationCanceledException"/> where the
    /// segment is handed back.
    /// </summary>
    Task TrainAsync(SegmentTraining segment);
}

/// <summary>Takes a trial into memory, in the engine and on the device of this process.</summary>
internal delegate ITrialTrainer OpenTrial(TrainingRows train, TrainingRows validation, TrialStart trial);

/// <summary>Trains each segment by itself, on a thread that nothing else uses meanwhile; the others wait for a thread.</summary>
internal sealed class SingleSegmentTrainer(
    OpenTrial open, TrainingThreads threads, TimeProvider time, IOptions<TrialRunnerOptions> options) : ISegmentTrainer
{
    private readonly TimeSpan _saveEvery = options.Value.CheckpointEvery;

    public async Task TrainAsync(SegmentTraining segment)
    {
        var end = await TrainToEndAsync(segment);
        await end();
    }

    private async Task<Func<Task>> TrainToEndAsync(SegmentTraining segment)
    {
        segment.Output.Stop.ThrowIfCancellationRequested();
        using var trainer = await threads.RunAsync(() => open(segment.Train, segment.Validation, segment.Start));
        var saved = time.GetTimestamp();
        while (true)
        {
            var result = await threads.RunAsync(trainer.RunEpoch);
            var saves = time.GetElapsedTime(saved) >= _saveEvery;
            if (await segment.Output.TakeAsync(result, trainer.Capture, saves) is { } end) return end;
            if (saves)
            {
                saved = time.GetTimestamp();
            }
        }
    }
}
