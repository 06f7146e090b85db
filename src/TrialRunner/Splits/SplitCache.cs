using MacroCausal.Model.Training;
using MacroCausal.Storage;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner.Splits;

/// <summary>The splits that this process trains on, by the hash of their content: read once, shared by all segments, the longest unused given up first.</summary>
internal sealed class SplitCache(IObjectStore objects, SplitReader reader, IOptions<TrialRunnerOptions> options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Sha256, Task<TrainingRows> Rows)> _latestFirst = new();

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
            var found = _latestFirst.FirstOrDefault(entry => entry.Sha256 == split.Sha256);
            if (found.Rows is null)
                found = (split.Sha256, Task.Run(() => ReadAsync(split)));
            else
                _latestFirst.Remove(found);

            _latestFirst.AddFirst(found);
            while (_latestFirst.Count > options.Value.CachedSplits)
                _latestFirst.RemoveLast();
            return found.Rows;
        }
    }

    // Other segments may wait for the same rows, so no single message's cancellation stops the reading.
    private async Task<TrainingRows> ReadAsync(ObjectReference split)
    {
        await using var content = await objects.OpenAsync(split);
        return await reader(content, split.Uri, CancellationToken.None);
    }

    private void Forget(Task<TrainingRows> rows)
    {
        lock (_lock)
            _latestFirst.Remove(_latestFirst.FirstOrDefault(entry => entry.Rows == rows));
    }
}
