using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MacroCausal.Storage.Embedded;

/// <summary>
/// Tells whether a <see cref="SqliteDatabase"/> has changed, whoever wrote: this process or another. It reads on a connection of its own,
/// keeps no writer waiting, and is for one thread at a time.
/// </summary>
public sealed class SqliteChanges : IDisposable
{
    private const string Studies =
        """
        SELECT execution_id, started_at, version,
          (SELECT coalesce(sum(version + 1), 0) FROM trials WHERE trials.execution_id = studies.execution_id),
          (SELECT count(*) FROM epochs WHERE epochs.execution_id = studies.execution_id)
        FROM studies
        """;

    private const string Trials =
        """
        SELECT trial, version,
          (SELECT count(*) FROM epochs WHERE epochs.execution_id = trials.execution_id AND epochs.trial = trials.trial)
        FROM trials WHERE execution_id = ?1
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _version;
    private readonly string _path;
    private long? _seen;

    private SqliteChanges(string path)
    {
        _path = path;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        _version = _connection.CreateCommand();
        // Counts the commits of other connections: https://www.sqlite.org/pragma.html#pragma_data_version
        _version.CommandText = "PRAGMA data_version";
    }

    /// <summary>Opens the file, which must be there.</summary>
    /// <exception cref="StoreException">It is not, or cannot be read.</exception>
    public static SqliteChanges Open(string path)
    {
        var changes = new SqliteChanges(Path.GetFullPath(path));
        try
        {
            return changes.Guard(() =>
            {
                changes._connection.Open();
                return changes;
            });
        }
        catch
        {
            changes.Dispose();
            throw;
        }
    }

    /// <summary>Whether anything was written since the last call; true at the first. Costs microseconds.</summary>
    public bool Take()
    {
        var version = Guard(() => (long)_version.ExecuteScalar()!);
        var hasChanged = version != _seen;
        _seen = version;
        return hasChanged;
    }

    /// <summary>
    /// A stamp for every study by execution id. Two equal ones mean that its record, its trials and its epochs are the same; heartbeats
    /// do not count.
    /// </summary>
    public IReadOnlyDictionary<string, string> ReadStudies() => Guard(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = Studies;
        using var rows = command.ExecuteReader();
        var stamps = new Dictionary<string, string>(StringComparer.Ordinal);
        while (rows.Read())
        {
            stamps.Add(rows.GetString(0), string.Create(
                CultureInfo.InvariantCulture, $"{rows.GetString(1)} {rows.GetInt64(2)} {rows.GetInt64(3)} {rows.GetInt64(4)}"));
        }

        return stamps;
    });

    /// <summary>
    /// A stamp for every trial of a study by number. Two equal ones mean that its record and its epochs are the same.
    /// </summary>
    public IReadOnlyDictionary<int, TrialStamp> ReadTrials(string executionId) => Guard(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = Trials;
        command.Parameters.AddWithValue("?1", executionId);
        using var rows = command.ExecuteReader();
        var stamps = new Dictionary<int, TrialStamp>();
        while (rows.Read())
        {
            stamps.Add(rows.GetInt32(0), new TrialStamp(rows.GetInt64(1), rows.GetInt64(2)));
        }

        return stamps;
    });

    /// <summary>A stamp for the registry. Two equal ones mean that the same models have the same status.</summary>
    public string ReadModels() => Guard(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT coalesce(group_concat(model_id || ' ' || status), '') FROM (SELECT * FROM models ORDER BY model_id)";
        return (string)command.ExecuteScalar()!;
    });

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _version.Dispose();
        _connection.Dispose();
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Explain(_path, exception);
        }
    }
}

/// <summary>What tells whether a trial has changed.</summary>
/// <param name="Version">Version of its record.</param>
/// <param name="Epochs">Number of its epochs.</param>
public sealed record TrialStamp(long Version, long Epochs);
