using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Segments;

/// <summary>Tells an epoch to the world: losses in the target's unit, none where they are not finite.</summary>
internal static class EpochReport
{
    /// <summary>The report of an epoch that was just trained.</summary>
    public static TrialEpochCompleted Of(RunTrial segment, EpochResult result, string runner) => new()
    {
        ExecutionId = segment.ExecutionId,
        Trial = segment.Trial,
        Epoch = result.Epoch,
        ToEpoch = segment.ToEpoch,
        Metrics = new([.. Metrics(result).Select(metric => (metric.Name, InUnit(segment, metric.Name, metric.Value)))]),
        BestValidationLoss = InUnit(segment, EpochMetrics.ValidationLoss, result.BestLoss),
        BestEpoch = result.BestEpoch,
        Seconds = result.Seconds,
        RowsPerSecond = result.RowsPerSecond,
        EndedEarly = result.EndedEarly,
        Runner = runner,
    };

    /// <summary>The reports of the segment's epochs that a checkpoint remembers, again. Times are not in a checkpoint; they are 0.</summary>
    public static IEnumerable<TrialEpochCompleted> Again(RunTrial segment, Checkpoint checkpoint, string runner)
    {
        for (var epoch = segment.FromEpoch + 1; epoch <= checkpoint.Epoch; epoch++)
        {
            var history = checkpoint.History.Until(epoch);
            var result = new EpochResult
            {
                Epoch = epoch,
                Loss = history.Epochs[^1],
                BestLoss = history.BestLoss,
                BestEpoch = history.BestEpoch,
                EndedEarly = history.IsOver(checkpoint.Options.Patience),
                Seconds = 0,
                RowsPerSecond = 0,
            };
            yield return Of(segment, result, runner);
        }
    }

    // Of the scaled target.
    private static IEnumerable<(string Name, double Value)> Metrics(EpochResult result) =>
        [(EpochMetrics.TrainLoss, result.Loss.Train), (EpochMetrics.ValidationLoss, result.Loss.Validation)];

    private static double? InUnit(RunTrial segment, string metric, double value) => EpochMetrics.Of(metric).InUnit(value, segment.Data.TargetScale);
}
