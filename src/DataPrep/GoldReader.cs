using MacroCausal.Data.Tables;
using MacroCausal.Storage;

namespace MacroCausal.DataPrep;

/// <summary>Reads gold tables from the object store.</summary>
public sealed class GoldReader(IObjectStore objects)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="TableException">There is none, or it cannot be read; the message holds its address.</exception>
    public async Task<Table> ReadAsync(string uri, CancellationToken cancellationToken)
    {
        await using var stream = await objects.FindAsync(uri, cancellationToken)
            ?? throw new TableException($"There is no gold table at {uri}; check the execution id and the gold bucket, or run the stage that writes it.");
        return await ParquetTable.ReadAsync(stream, uri, cancellationToken);
    }
}
