using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.DataPrep;

/// <summary>Runs the preparation, seconds of arithmetic for a large table, on a thread of its own: the pool's threads keep the bus alive.</summary>
internal static class BackgroundPreparation
{
    public static Task<Dataset> RunAsync(Table table, PrepareOptions options, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => DatasetBuilder.Prepare(table, options, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
}
