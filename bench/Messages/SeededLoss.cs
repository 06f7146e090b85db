namespace MacroCausal.Bench.Messages;

/// <summary>
/// Losses that fall with the epochs to a level that the trial's seed draws, so that a segment run twice reports the same.
/// </summary>
internal static class SeededLoss
{
    private static readonly string Sha256 = new('0', 64);

    public static TrialEpochCompleted Report(RunTrial segment, int epoch)
    {
        var loss = Loss(segment.Seed, epoch);
        return new TrialEpochCompleted
        {
            ExecutionId = segment.ExecutionId,
            Trial = segment.Trial,
            Epoch = epoch,
            ToEpoch = segment.ToEpoch,
            Metrics = MetricValues.Losses(loss, loss),
            BestValidationLoss = loss,
            BestEpoch = epoch,
            Seconds = 0.1,
            RowsPerSecond = 1600,
            Checkpoint = epoch == segment.ToEpoch
                ? new ObjectReference($"s3://artifacts/runs/bench/checkpoints/{segment.Trial}-{epoch}", Sha256)
                : null,
            Runner = "bench",
        };
    }

    /// <summary>The loss of a trial after an epoch.</summary>
    public static double Loss(long seed, int epoch) => 0.5 + ((ulong)seed >> 11) * (1.0 / (1UL << 53)) + (1.0 / epoch);
}
