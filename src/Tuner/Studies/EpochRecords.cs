using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>A report as the record that is kept of it.</summary>
internal static class EpochRecords
{
    public static EpochRecord Of(TrialEpochCompleted report, DateTimeOffset now) => new()
    {
        ExecutionId = report.ExecutionId,
        Trial = report.Trial,
        Epoch = report.Epoch,
        Metrics = report.Metrics,
        Seconds = report.Seconds,
        Runner = report.Runner,
        RecordedAt = now,
    };
}
