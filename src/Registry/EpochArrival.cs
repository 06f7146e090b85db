using MacroCausal.Storage;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>
/// Waits until every epoch that the trials have behind them is on record: reports overtake each other, and the last one of a study begins
/// its registration. A report whose Tuner was killed comes again after 30 seconds; one that has not come by 47 is given up.
/// </summary>
internal sealed partial class EpochArrival(IStudyStore studies, TimeProvider time, ILogger<EpochArrival> logger)
{
    private static readonly int[] Pauses = [1, 2, 4, 8, 16, 16];

    public async Task WaitAsync(string executionId, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(executionId, cancellationToken);
        foreach (var seconds in Pauses)
        {
            if (missing == 0) return;
            await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
            missing = await MissingAsync(executionId, cancellationToken);
        }

        if (missing > 0)
        {
            LogMissing(executionId, missing);
        }
    }

    private async Task<long> MissingAsync(string executionId, CancellationToken cancellationToken)
    {
        var behind = new Dictionary<int, int>();
        await foreach (var trial in studies.ListTrialsAsync(executionId, cancellationToken))
        {
            behind[trial.Trial] = trial.Epoch;
        }

        var expected = behind.Values.Sum(epochs => (long)epochs);
        await foreach (var epoch in studies.ListEpochsAsync(executionId, cancellationToken))
        {
            if (epoch.Epoch <= behind.GetValueOrDefault(epoch.Trial))
            {
                expected--;
            }
        }

        return expected;
    }

    [LoggerMessage(LogLevel.Warning, "Study {ExecutionId}: {Missing} epochs were never reported; trials.parquet is without them")]
    private partial void LogMissing(string executionId, long missing);
}
