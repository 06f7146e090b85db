using System.Data;
using Microsoft.Data.Sqlite;

namespace MacroCausal.Storage.Embedded;

/// <summary>
/// The file that holds the records of the embedded mode. One connection writes, under a lock, with statements that are prepared once;
/// listings read on connections of their own and keep nobody waiting. Several processes may have the file open. Safe for use by several
/// threads.
/// </summary>
/// <remarks>
/// Write-ahead log with <c>synchronous = NORMAL</c>: what was written survives the death of the process (kill -9), because it is with the
/// operating system; a power cut may cost the last commits and leaves the file consistent. That is enough here, since every lost record
/// is made again by a message that is sent again, and it is what makes a write cost microseconds instead of a disk flush.
/// </remarks>
public sealed class SqliteDatabase : IDisposable
{
    private const string Pragmas = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
    private readonly Lock _gate = new();
    private readonly SqliteConnection _writer;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    private readonly string _path;

    private SqliteDatabase(string path, SqliteConnection writer) => (_path, _writer) = (path, writer);

    /// <summary>Opens the file, or creates it with its tables where it is not there. The folder must be there.</summary>
    /// <exception cref="StoreException">The file cannot be opened, is damaged, is another program's, or is of a newer version.</exception>
    public static SqliteDatabase Open(string path)
    {
        var full = Path.GetFullPath(path);
        var writer = new SqliteConnection(ConnectionString(full, SqliteOpenMode.ReadWriteCreate, pooling: false));
        var database = new SqliteDatabase(full, writer);
        try
        {
            database.Guard(() => Initialize(writer, full));
            if (File.Exists(full)) return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }

        // Another process deleted it, empty, while it was opened.
        database.Dispose();
        return Open(path);
    }

    /// <summary>
    /// Deletes a file that holds no record and that nobody has open, together with its log. False where it is left as it is.
    /// </summary>
    public static bool TryDeleteEmpty(string path)
    {
        using var connection = new SqliteConnection(ConnectionString(Path.GetFullPath(path), SqliteOpenMode.ReadWrite, pooling: false));
        connection.DefaultTimeout = 1;
        try
        {
            connection.Open();

            // Leaving the write-ahead log needs the file alone; then the lock is held until the name is gone.
            if (Text(connection, "PRAGMA journal_mode = DELETE") != "delete") return false;

            using var transaction = connection.BeginTransaction(deferred: false);
            if (!SqliteSchema.HasNoRecord(connection)) return false;

            File.Delete(path);
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Closes the file. Listings that are under way must be over.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var command in _prepared.Values)
            {
                command.Dispose();
            }

            _prepared.Clear();
            using (var reader = Reader())
            {
                SqliteConnection.ClearPool(reader);
            }

            _writer.Dispose();
        }
    }

    /// <summary>
    /// Runs a statement and returns the number of rows that it changed. Values are <c>?1</c>, <c>?2</c>, ... in the text.
    /// </summary>
    internal int Execute(string sql, params object?[] values)
    {
        lock (_gate)
        {
            return Guard(() => Bind(sql, values).ExecuteNonQuery());
        }
    }

    /// <summary>The first row of a query, or null.</summary>
    internal T? First<T>(string sql, Func<IDataRecord, T> read, params object?[] values)
        where T : class
    {
        lock (_gate)
        {
            return Guard(() =>
            {
                using var rows = Bind(sql, values).ExecuteReader();
                return rows.Read() ? read(rows) : null;
            });
        }
    }

    /// <summary>The rows of a query, as the file was when the first one was asked for.</summary>
    internal IEnumerable<T> Query<T>(string sql, Func<IDataRecord, T> read, CancellationToken cancellationToken, params object?[] values)
    {
        using var connection = Reader();
        Guard(() => connection.Open());
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        SetValues(command, values);
        using var rows = Guard(command.ExecuteReader);
        while (Guard(rows.Read))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return read(rows);
        }
    }

    private static string ConnectionString(string path, SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = pooling }.ToString();

    private static void Initialize(SqliteConnection writer, string path)
    {
        writer.Open();
        using var command = writer.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        SqliteSchema.Ensure(writer, path);
    }

    private static string? Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }

    private SqliteConnection Reader() => new(ConnectionString(_path, SqliteOpenMode.ReadOnly, pooling: true));

    private SqliteCommand Bind(string sql, object?[] values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _writer.CreateCommand();
            command.CommandText = sql;
            SetValues(command, values);
            command.Prepare();
            _prepared.Add(sql, command);
            return command;
        }

        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index] ?? DBNull.Value;
        }

        return command;
    }

    private static void SetValues(SqliteCommand command, object?[] values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters.Add(new SqliteParameter($"?{index + 1}", values[index] ?? DBNull.Value));
        }
    }

    private void Guard(Action action) => Guard(() =>
    {
        action();
        return true;
    });

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

/// <summary>Turns what SQLite says into one sentence that names the file and the remedy.</summary>
internal static class SqliteFailure
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static StoreException Explain(string path, SqliteException exception) => new($"'{path}' {Reason(exception)}.", exception);

    private static string Reason(SqliteException exception) => exception.SqliteErrorCode switch
    {
        NotADatabase or Corrupt =>
            "is damaged or is not a SQLite database; restore it from a copy, or move it away together with its -wal and -shm files to "
            + "start afresh",
        Full => "could not be written: the disk is full; free some space and try again",
        ReadOnly => "cannot be written: give this user the right to write the file and its folder",
        CannotOpen =>
            "cannot be opened: the folder is missing or access is denied; give this user the right to read and write the file and its "
            + "folder",
        Busy or Locked => "is kept locked by another process; wait for it or end it, and try again",
        InputOutput =>
            $"could not be read or written ({exception.Message.TrimEnd('.')}); check the disk, and do not keep it on a network share",
        _ => $"refused a command ({exception.Message.TrimEnd('.')}); if it was changed by hand, restore it from a copy",
    };
}
