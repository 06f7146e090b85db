using Microsoft.Data.Sqlite;

namespace MacroCausal.Storage.Embedded;

/// <summary>The tables, and the marks by which a file is known to hold them.</summary>
internal static class SqliteSchema
{
    /// <summary>Version of the tables, kept in <c>user_version</c>.</summary>
    public const int Version = 1;

    // "MCsl": kept in application_id, so that another program's database is not taken for an empty one of ours.
    private const int ApplicationId = 0x4D43736C;

    private const string Tables =
        """
        CREATE TABLE studies (
          execution_id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL, started_at TEXT NOT NULL,
          saga TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE trials (
          execution_id TEXT NOT NULL, trial INTEGER NOT NULL, version INTEGER NOT NULL, seed INTEGER NOT NULL,
          config TEXT NOT NULL, status TEXT NOT NULL, epoch INTEGER NOT NULL, to_epoch INTEGER NOT NULL, attempt INTEGER NOT NULL,
          issued_at TEXT NOT NULL, milestones TEXT NOT NULL, best_epoch INTEGER NOT NULL,
          checkpoint_uri TEXT, checkpoint_sha256 TEXT, failure TEXT, reissues INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (execution_id, trial)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE heartbeats (
          execution_id TEXT NOT NULL, trial INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (execution_id, trial)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE looks (execution_id TEXT NOT NULL PRIMARY KEY, due_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE epochs (
          execution_id TEXT NOT NULL, trial INTEGER NOT NULL, epoch INTEGER NOT NULL, train_loss REAL, validation_loss REAL,
          seconds REAL NOT NULL, runner TEXT NOT NULL, recorded_at TEXT NOT NULL, metrics TEXT,
          PRIMARY KEY (execution_id, trial, epoch)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE models (
          model_id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, execution_id TEXT NOT NULL, model_uri TEXT NOT NULL,
          metrics TEXT NOT NULL, status TEXT NOT NULL, version TEXT NOT NULL, config TEXT NOT NULL, weights_sha256 TEXT NOT NULL
        ) STRICT;
        CREATE INDEX models_by_execution ON models (execution_id, created_at);
        CREATE INDEX models_by_status ON models (status, created_at);
        """;

    // What files of earlier times lack: a query that counts it, and what adds it. The version stays: a MacroCausal of that time writes and
    // reads such a file as before.
    private static readonly (string Count, string Add)[] Additions =
    [
        (
            "SELECT count(*) FROM pragma_table_info('epochs') WHERE name = 'metrics'",
            "ALTER TABLE epochs ADD COLUMN metrics TEXT"),
        (
            "SELECT count(*) FROM pragma_table_info('trials') WHERE name = 'reissues'",
            "ALTER TABLE trials ADD COLUMN reissues INTEGER NOT NULL DEFAULT 0"),
        (
            "SELECT count(*) FROM sqlite_schema WHERE name = 'heartbeats'",
            """
            CREATE TABLE heartbeats (
              execution_id TEXT NOT NULL, trial INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (execution_id, trial)
            ) STRICT, WITHOUT ROWID;
            """),
        (
            "SELECT count(*) FROM sqlite_schema WHERE name = 'looks'",
            "CREATE TABLE looks (execution_id TEXT NOT NULL PRIMARY KEY, due_at TEXT NOT NULL) STRICT, WITHOUT ROWID;"),
    ];

    /// <summary>
    /// Creates the tables in an empty file; of several processes that try, one does. Refuses what is not ours or is newer than us. A file
    /// that is as it should be is read only: it can be opened while another process writes, even by one that stands still meanwhile.
    /// </summary>
    public static void Ensure(SqliteConnection connection, string path)
    {
        using (connection.BeginTransaction(deferred: true))
        {
            var isOurs = Number(connection, "PRAGMA application_id") == ApplicationId;
            var isOfThisVersion = Number(connection, "PRAGMA user_version") == Version;
            if (isOurs && isOfThisVersion && Array.TrueForAll(Additions, addition => Number(connection, addition.Count) > 0)) return;
        }

        using var transaction = connection.BeginTransaction(deferred: false);
        var version = Number(connection, "PRAGMA user_version");
        var application = Number(connection, "PRAGMA application_id");
        var isEmpty = Number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (isEmpty && version == 0 && application == 0)
        {
            Run(connection, $"{Tables} PRAGMA user_version = {Version}; PRAGMA application_id = {ApplicationId};");
        }
        else
        {
            RefuseForeign(path, version, application);
            foreach (var (_, add) in Additions.Where(addition => Number(connection, addition.Count) == 0))
            {
                Run(connection, add);
            }
        }

        transaction.Commit();
    }

    /// <summary>Whether no table has a row.</summary>
    public static bool HasNoRecord(SqliteConnection connection) => Number(
        connection,
        "SELECT (SELECT count(*) FROM studies) + (SELECT count(*) FROM trials) + (SELECT count(*) FROM epochs) "
        + "+ (SELECT count(*) FROM models)") == 0;

    private static void RefuseForeign(string path, long version, long application)
    {
        if (application != ApplicationId)
        {
            throw new StoreException(
                $"'{path}' is a SQLite database of another program; move it away or choose another storage directory.");
        }

        if (version != Version)
        {
            throw new StoreException(
                $"'{path}' has schema version {version}, and this MacroCausal knows version {Version}; "
                + "use the MacroCausal that wrote it, or another storage directory.");
        }
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
