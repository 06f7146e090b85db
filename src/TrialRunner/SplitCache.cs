using MacroCausal.Data.Baselines;
using MacroCausal.Data.Splits;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner;

/// <summary>
/// The splits that this process trains on, by the hash of their content and what is learned of them: read once, shared by all segments, the
/// least recently used evicted first.
/// </summary>
internal sealed class SplitCache(IObjectStore objects, IOptions<TrialRunnerOptions> options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(SplitKey Key, Task<TrainingRows> Rows)> _mostRecentFirst = new();

    /// <summary>The rows of a split, whose content is checked against its hash when it is read.</summary>
    /// <param name="split">The split.</param>
    /// <param name="data">What its networks learn.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TrainingRows> GetAsync(ObjectReference split, DataManifest data, CancellationToken cancellationToken)
    {
        var rows = Find(split, data);
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

    private Task<TrainingRows> Find(ObjectReference split, DataManifest data)
    {
        var key = new SplitKey(split.Sha256, data.Residual?.Model.Sha256);
        lock (_lock)
        {
            var found = _mostRecentFirst.FirstOrDefault(entry => entry.Key == key);
            if (found.Rows is null)
            {
                found = (key, Task.Run(() => ReadAsync(split, data)));
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
    private async Task<TrainingRows> ReadAsync(ObjectReference split, DataManifest data)
    {
        await using var content = await objects.OpenAsync(split);
        var table = await SplitTable.ReadWithoutDatesAsync(content, split.Uri, CancellationToken.None);
        if (table.Target is null) throw new InvalidDataException($"{split.Uri} has no target; prepare the data again.");
        var learned = data.Residual is { } residual ? (await ResidualModelAsync(residual.Model, data.Features)).Apply(table) : table;
        return new TrainingRows(learned.Features, learned.Target!, table.Names.Count);
    }

    private async Task<ResidualModel> ResidualModelAsync(ObjectReference model, int features)
    {
        await using var content = await objects.OpenAsync(model);
        var json = new byte[content.Length];
        await content.ReadExactlyAsync(json);
        return ResidualModel.FromJson(json, features);
    }

    private void Forget(Task<TrainingRows> rows)
    {
        lock (_lock)
        {
            _mostRecentFirst.Remove(_mostRecentFirst.FirstOrDefault(entry => entry.Rows == rows));
        }
    }

    // The same rows with another target are other rows.
    private sealed record SplitKey(string Sha256, string? Residual);
}
