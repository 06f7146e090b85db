using MacroCausal.Storage;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>
/// Waits until every epoch that the trials have behind them is on record: reports overtake each other, and the last one of a study begins
/// its registration. A report whose Tuner was killed comes again after 30 seconds; for one that has not come by 47 the trial's checkpoint
/// answers.
/// </summary>
internal sealed partial class EpochArrival(IStudyStore studies, IObjectStore objects, TimeProvider time, ILogger<EpochArrival> logger)
{
    private static readonly int[] Pauses = [1, 2, 4, 8, 16, 16];

    /// <summary>What is on record of the trials then.</summary>
    /// <param name="executionId">The study.</param>
    /// <param name="data">What the trials learned, for losses that a checkpoint remembers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TrialsOnRecord> WaitAsync(string executionId, DataManifest data, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(executionId, cancellationToken);
        foreach (var seconds in Pauses)
        {
            if (found.Missing == 0) return found;
            await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
            found = await ReadAsync(executionId, cancellationToken);
        }

        if (found.Missing is var missing and > 0)
        {
            found = await RememberedEpochs.AddAsync(found, data.LearnedScale(), objects, time.GetUtcNow(), cancellationToken);
            LogMissing(executionId, missing, found.Missing);
        }

        return found;
    }

    private async Task<TrialsOnRecord> ReadAsync(string executionId, CancellationToken cancellationToken) => new(
        await studies.ListTrialsAsync(executionId, cancellationToken).ToListAsync(cancellationToken),
        await studies.ListEpochsAsync(executionId, cancellationToken).ToListAsync(cancellationToken));

    [LoggerMessage(
        LogLevel.Warning,
        "Study {ExecutionId}: {Missing} epochs were not reported in time; checkpoints remember all but {Left}, which trials.parquet lacks")]
    private partial void LogMissing(string executionId, long missing, long left);
}

/// <summary>The trials of a study and their epochs.</summary>
/// <param name="Trials">Every trial, by number.</param>
/// <param name="Epochs">Every epoch, by trial, then epoch.</param>
internal sealed record TrialsOnRecord(IReadOnlyList<TrialRecord> Trials, IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>Epochs that a trial has behind it and that are not on record.</summary>
    public long Missing
    {
        get
        {
            var behind = Trials.ToDictionary(trial => trial.Trial, trial => trial.Epoch);
            return behind.Values.Sum(epochs => (long)epochs)
                - Epochs.Count(epoch => epoch.Epoch <= behind.GetValueOrDefault(epoch.Trial));
        }
    }
}
