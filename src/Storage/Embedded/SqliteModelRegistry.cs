using System.Data;
using System.Text.Json;

namespace MacroCausal.Storage.Embedded;

/// <summary>The table of registered models in a SQLite file.</summary>
public sealed class SqliteModelRegistry(SqliteDatabase database) : IModelRegistry
{
    private const string Columns = "model_id, created_at, execution_id, model_uri, metrics, status, version, config, weights_sha256";

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(ModelRecord model, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RefuseNonFiniteMetrics(model);
        const string Insert = $"INSERT INTO models ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
        return Task.FromResult(database.Execute(Insert, Values(model)) == 1);
    }

    /// <inheritdoc/>
    public Task<ModelRecord?> FindAsync(string modelId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(database.First($"SELECT {Columns} FROM models WHERE model_id = ?1", Read, modelId));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ModelRecord> ListAsync(
        string? executionId = null, string? status = null, CancellationToken cancellationToken = default)
    {
        var conditions = (executionId, status) switch
        {
            (null, null) => "?1 IS NULL AND ?2 IS NULL",
            (_, null) => "execution_id = ?1 AND ?2 IS NULL",
            (null, _) => "?1 IS NULL AND status = ?2",
            _ => "execution_id = ?1 AND status = ?2",
        };
        var select = $"SELECT {Columns} FROM models WHERE {conditions} ORDER BY created_at DESC, model_id";
        return database.Query(select, Read, cancellationToken, executionId, status).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    public Task<bool> SetStatusAsync(
        string modelId, string status, string? from = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        const string Update = "UPDATE models SET status = ?2 WHERE model_id = ?1 AND (?3 IS NULL OR status = ?3)";
        return Task.FromResult(database.Execute(Update, modelId, status, from) == 1);
    }

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string modelId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(database.Execute("DELETE FROM models WHERE model_id = ?1", modelId) == 1);
    }

    private static void RefuseNonFiniteMetrics(ModelRecord model)
    {
        foreach (var (name, value) in model.Metrics.Where(metric => !double.IsFinite(metric.Value)))
        {
            throw new StoreException($"The metric '{name}' of '{model.ModelId}' is {value}, which the registry cannot hold; leave it out.");
        }
    }

    private static object?[] Values(ModelRecord model) =>
    [
        model.ModelId, InstantText.Of(model.CreatedAt), model.ExecutionId, model.ModelUri,
        JsonSerializer.Serialize(model.Metrics, StorageJson.Default.IReadOnlyDictionaryStringDouble), model.Status, model.Version,
        JsonSerializer.Serialize(model.Config, StorageJson.Default.TrialConfig), model.WeightsSha256,
    ];

    private static ModelRecord Read(IDataRecord row) => new()
    {
        ModelId = row.GetString(0),
        CreatedAt = row.GetInstant(1),
        ExecutionId = row.GetString(2),
        ModelUri = row.GetString(3),
        Metrics = JsonSerializer.Deserialize(row.GetString(4), StorageJson.Default.IReadOnlyDictionaryStringDouble)!,
        Status = row.GetString(5),
        Version = row.GetString(6),
        Config = JsonSerializer.Deserialize(row.GetString(7), StorageJson.Default.TrialConfig)!,
        WeightsSha256 = row.GetString(8),
    };
}

/// <summary>The one table of models in a SQLite file.</summary>
internal sealed class SqliteModelRegistries(IModelRegistry registry) : IModelRegistries
{
    public IModelRegistry Open(string table) => registry;
}
