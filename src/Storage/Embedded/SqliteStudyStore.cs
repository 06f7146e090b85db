using System.Collections.ObjectModel;
using System.Data;
using System.Text.Json;

namespace MacroCausal.Storage.Embedded;

/// <summary>The records of studies in a SQLite file; every change is one statement, which SQLite makes whole or not at all.</summary>
public sealed class SqliteStudyStore(SqliteDatabase database) : IStudyStore
{
    private const string StudyColumns = "execution_id, state, version, started_at, saga";
    private const string TrialColumns =
        "execution_id, trial, version, seed, config, status, epoch, to_epoch, attempt, issued_at, milestones, best_epoch, "
        + "checkpoint_uri, checkpoint_sha256, failure, reissues";
    private const string EpochColumns = "execution_id, trial, epoch, train_loss, validation_loss, seconds, runner, recorded_at, metrics";

    private static readonly string InsertStudy = InsertInto("studies", StudyColumns);
    private static readonly string InsertTrial = InsertInto("trials", TrialColumns);
    private static readonly string InsertEpoch = InsertInto("epochs", EpochColumns);

    /// <inheritdoc/>
    public Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(database.First($"SELECT {StudyColumns} FROM studies WHERE execution_id = ?1", ReadStudy, executionId));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StudyRecord> ListStudiesAsync(CancellationToken cancellationToken = default) =>
        ListAsync($"SELECT {StudyColumns} FROM studies ORDER BY started_at DESC, execution_id", ReadStudy, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        WriteAsync(InsertStudy, Values(study), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        WriteAsync(
            "UPDATE studies SET state = ?2, version = ?3, started_at = ?4, saga = ?5 WHERE execution_id = ?1 AND version = ?3 - 1",
            Values(study),
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryRemoveStudyAsync(StudyRecord study, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(study);
        foreach (var table in new[] { "epochs", "heartbeats", "trials", "looks" })
        {
            cancellationToken.ThrowIfCancellationRequested();
            database.Execute(
                $"DELETE FROM {table} WHERE execution_id = ?1 AND ?2 = (SELECT version FROM studies WHERE execution_id = ?1)",
                study.ExecutionId,
                study.Version);
        }

        return WriteAsync(
            "DELETE FROM studies WHERE execution_id = ?1 AND version = ?2", [study.ExecutionId, study.Version], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        WriteAsync(InsertTrial, Values(trial), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) => WriteAsync(
        """
        UPDATE trials SET version = ?3, seed = ?4, config = ?5, status = ?6, epoch = ?7, to_epoch = ?8, attempt = ?9, issued_at = ?10,
          milestones = ?11, best_epoch = ?12, checkpoint_uri = ?13, checkpoint_sha256 = ?14, failure = ?15, reissues = ?16
        WHERE execution_id = ?1 AND trial = ?2 AND version = ?3 - 1
        """,
        Values(trial),
        cancellationToken);

    /// <inheritdoc/>
    public Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        const string Select = $"SELECT {TrialColumns} FROM trials WHERE execution_id = ?1 AND trial = ?2";
        return Task.FromResult(database.First(Select, ReadTrial, executionId, trial));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ListAsync($"SELECT {TrialColumns} FROM trials WHERE execution_id = ?1 ORDER BY trial", ReadTrial, cancellationToken, executionId);

    /// <inheritdoc/>
    public Task PutHeartbeatAsync(HeartbeatRecord heartbeat, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        const string Put = "INSERT INTO heartbeats (execution_id, trial, at) VALUES (?1, ?2, ?3) "
            + "ON CONFLICT (execution_id, trial) DO UPDATE SET at = ?3";
        return WriteAsync(Put, [heartbeat.ExecutionId, heartbeat.Trial, InstantText.Of(heartbeat.At)], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<HeartbeatRecord?> FindHeartbeatAsync(string executionId, int trial, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(database.First(
            "SELECT at FROM heartbeats WHERE execution_id = ?1 AND trial = ?2",
            row => new HeartbeatRecord(executionId, trial, row.GetInstant(0)), executionId, trial));
    }

    /// <inheritdoc/>
    public Task<bool> TryAddLookAsync(LookRecord look, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(look);
        return WriteAsync(InsertInto("looks", "execution_id, due_at"), [look.ExecutionId, InstantText.Of(look.DueAt)], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryReplaceLookAsync(LookRecord look, DateTimeOffset dueAt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(look);
        return WriteAsync(
            "UPDATE looks SET due_at = ?2 WHERE execution_id = ?1 AND due_at = ?3",
            [look.ExecutionId, InstantText.Of(look.DueAt), InstantText.Of(dueAt)],
            cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LookRecord> ListDueLooksAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        ListAsync(
            "SELECT execution_id, due_at FROM looks WHERE due_at <= ?1 ORDER BY due_at, execution_id",
            row => new LookRecord(row.GetString(0), row.GetInstant(1)), cancellationToken, InstantText.Of(now));

    /// <inheritdoc/>
    public Task RemoveLookAsync(string executionId, CancellationToken cancellationToken = default) =>
        WriteAsync("DELETE FROM looks WHERE execution_id = ?1", [executionId], cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryAddEpochAsync(EpochRecord epoch, CancellationToken cancellationToken = default) =>
        WriteAsync(InsertEpoch, Values(epoch), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ListAsync(
            $"SELECT {EpochColumns} FROM epochs WHERE execution_id = ?1 ORDER BY trial, epoch", ReadEpoch, cancellationToken, executionId);

    /// <inheritdoc/>
    public IAsyncEnumerable<EpochRecord> ListEpochsAsync(
        string executionId, int trial, CancellationToken cancellationToken = default) =>
        ListAsync(
            $"SELECT {EpochColumns} FROM epochs WHERE execution_id = ?1 AND trial = ?2 ORDER BY epoch", ReadEpoch, cancellationToken,
            executionId, trial);

    private IAsyncEnumerable<T> ListAsync<T>(
        string sql, Func<IDataRecord, T> read, CancellationToken cancellationToken, params object?[] values) =>
        database.Query(sql, read, cancellationToken, values).ToAsyncEnumerable();

    private static string InsertInto(string table, string columns)
    {
        var places = string.Join(", ", Enumerable.Range(1, columns.Split(',').Length).Select(number => $"?{number}"));
        return $"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING";
    }

    private Task<bool> WriteAsync(string sql, object?[] values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(database.Execute(sql, values) == 1);
    }

    private static object?[] Values(StudyRecord study) =>
        [study.ExecutionId, study.State, study.Version, InstantText.Of(study.StartedAt), study.Saga];

    private static StudyRecord ReadStudy(IDataRecord row) => new()
    {
        ExecutionId = row.GetString(0),
        State = row.GetString(1),
        Version = row.GetInt32(2),
        StartedAt = row.GetInstant(3),
        Saga = row.GetString(4),
    };

    private static object?[] Values(TrialRecord trial) =>
    [
        trial.ExecutionId, trial.Trial, trial.Version, trial.Seed,
        JsonSerializer.Serialize(trial.Config, StorageJson.Default.TrialConfig), trial.Status.ToString(),
        trial.Epoch, trial.ToEpoch, trial.Attempt, InstantText.Of(trial.IssuedAt),
        JsonSerializer.Serialize(trial.Milestones, StorageJson.Default.IReadOnlyListRungLoss), trial.BestEpoch,
        trial.Checkpoint?.Uri, trial.Checkpoint?.Sha256, trial.Failure, trial.Reissues,
    ];

    private static TrialRecord ReadTrial(IDataRecord row) => new()
    {
        ExecutionId = row.GetString(0),
        Trial = row.GetInt32(1),
        Version = row.GetInt32(2),
        Seed = row.GetInt64(3),
        Config = JsonSerializer.Deserialize(row.GetString(4), StorageJson.Default.TrialConfig)!,
        Status = Enum.Parse<TrialStatus>(row.GetString(5)),
        Epoch = row.GetInt32(6),
        ToEpoch = row.GetInt32(7),
        Attempt = row.GetInt32(8),
        IssuedAt = row.GetInstant(9),
        Milestones = JsonSerializer.Deserialize(row.GetString(10), StorageJson.Default.IReadOnlyListRungLoss)!,
        BestEpoch = row.GetInt32(11),
        Checkpoint = row.GetText(12) is { } uri ? new(uri, row.GetString(13)) : null,
        Failure = row.GetText(14),
        Reissues = row.GetInt32(15),
    };

    private static object?[] Values(EpochRecord epoch) =>
    [
        epoch.ExecutionId, epoch.Trial, epoch.Epoch, epoch.Metrics.TrainLoss, epoch.Metrics.ValidationLoss, epoch.Seconds, epoch.Runner,
        InstantText.Of(epoch.RecordedAt),
        epoch.OtherMetrics is { Count: > 0 } others
            ? JsonSerializer.Serialize(others, StorageJson.Default.IReadOnlyDictionaryStringDouble)
            : null,
    ];

    private static EpochRecord ReadEpoch(IDataRecord row) => new()
    {
        ExecutionId = row.GetString(0),
        Trial = row.GetInt32(1),
        Epoch = row.GetInt32(2),
        Metrics = EpochRecord.MetricsOf(row.GetNumber(3), row.GetNumber(4), ReadMetrics(row.GetText(8))),
        Seconds = row.GetDouble(5),
        Runner = row.GetString(6),
        RecordedAt = row.GetInstant(7),
    };

    private static IReadOnlyDictionary<string, double> ReadMetrics(string? json) =>
        json is null
            ? ReadOnlyDictionary<string, double>.Empty
            : JsonSerializer.Deserialize(json, StorageJson.Default.IReadOnlyDictionaryStringDouble)!;
}

/// <summary>Values as columns hold them.</summary>
internal static class SqliteText
{
    public static DateTimeOffset GetInstant(this IDataRecord row, int column) => InstantText.Parse(row.GetString(column));

    public static string? GetText(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static double? GetNumber(this IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
