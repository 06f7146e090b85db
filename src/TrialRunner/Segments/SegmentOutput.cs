using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Segments;

/// <summary>What comes out of a segment: its reports and its checkpoints.</summary>
internal sealed class SegmentOutput(RunTrial segment, Func<TrialEpochCompleted, Task> report, CheckpointObjects checkpoints, string runner)
{
    /// <summary>Whether the segment is over with an epoch.</summary>
    public bool IsLast(EpochResult result) => result.EndedEarly || result.Epoch == segment.ToEpoch;

    public Task ReportAsync(EpochResult result) => report(EpochReport.Of(segment, result, runner));

    /// <summary>Reports the epochs that a checkpoint remembers; the last one carries <paramref name="end"/>.</summary>
    public async Task ReportAgainAsync(Checkpoint checkpoint, ObjectReference? end)
    {
        foreach (var epoch in EpochReport.Again(segment, checkpoint, runner))
            await report(epoch.Epoch == checkpoint.Epoch ? epoch with { Checkpoint = end } : epoch);
    }

    /// <summary>Leaves a checkpoint on the way.</summary>
    public Task SaveAsync(Checkpoint checkpoint) => checkpoints.PutPartialAsync(segment, checkpoint);

    /// <summary>Writes the checkpoint at the end, then reports the last epoch with it.</summary>
    public async Task FinishAsync(EpochResult last, Checkpoint checkpoint)
    {
        var reference = await checkpoints.AddFinalAsync(segment, checkpoint);
        await report(EpochReport.Of(segment, last, runner) with { Checkpoint = reference });
    }
}
