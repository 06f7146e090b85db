using MacroCausal.Data.Splits;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>
/// The splits that this process trains on, by the hash of their content: read once, shared by all segments, the least recently used evicted
/// first.
/// </summary>
internal sealed class SplitCache(IObjectStore objects, IOptions<TrialRunnerOptions> options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Sha256, Task<TrainingRows> Rows)> _mostRecentFirst = new();

    /// <summary>The rows of a split, whose content is checked against its hash when it is read.</summary>
    public async Task<TrainingRows> GetAsync(ObjectReference split, CancellationToken cancellationToken)
    {
        var rows = Find(split);
        try
        {
            return await rows.WaitAsync(cancellationToken);
        }
        catch when (rows.IsFaulted)
        {
            Forget(rows);
            throw;
        }
    }

    private Task<TrainingRows> Find(ObjectReference split)
    {
        lock (_lock)
        {
            var found = _mostRecentFirst.FirstOrDefault(entry => entry.Sha256 == split.Sha256);
            if (found.Rows is null)
            {
                found = (split.Sha256, Task.Run(() => ReadAsync(split)));
            }
            else
            {
                _mostRecentFirst.Remove(found);
            }

            _mostRecentFirst.AddFirst(found);
            while (_mostRecentFirst.Count > options.Value.CachedSplits)
            {
                _mostRecentFirst.RemoveLast();
            }

            return found.Rows;
        }
    }

    // Other segments may wait for the same rows, so no single message's cancellation stops the reading.
    private async Task<TrainingRows> ReadAsync(ObjectReference split)
    {
        await using var content = await objects.OpenAsync(split);
        var table = await SplitTable.ReadWithoutDatesAsync(content, split.Uri, CancellationToken.None);
        var target = table.Target ?? throw new InvalidDataException($"{split.Uri} has no target; prepare the data again.");
        return new TrainingRows(table.Features, target, table.Names.Count);
    }

    private void Forget(Task<TrainingRows> rows)
    {
        lock (_lock)
        {
            _mostRecentFirst.Remove(_mostRecentFirst.FirstOrDefault(entry => entry.Rows == rows));
        }
    }
}
