using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using Microsoft.Data.Sqlite;

namespace MacroCausal.Bench.Startup;

/// <summary>Looks into a store from another process, without making anything in it.</summary>
internal sealed class StoreWatch(string directory)
{
    private readonly string _database = Path.Combine(directory, EmbeddedStorageServiceCollectionExtensions.DatabaseName);

    /// <summary>What comes about one after the other.</summary>
    public IReadOnlyList<(string Name, Func<bool> HasCome)> Phases =>
    [
        ("runtime, command line, sample as Parquet", () => File.Exists(_database)),
        ("store, host, bus, study begun", () => HasRow("SELECT 1 FROM studies LIMIT 1")),
        ("data prepared", () => HasRow("SELECT 1 FROM trials LIMIT 1")),
        ("first epoch trained and recorded", () => HasRow("SELECT 1 FROM epochs LIMIT 1")),
    ];

    private bool HasRow(string sql)
    {
        try
        {
            var source = new SqliteConnectionStringBuilder { DataSource = _database, Mode = SqliteOpenMode.ReadOnly };
            using var connection = new SqliteConnection(source.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar() is not null;
        }
        catch (SqliteException)
        {
            // Not yet made, or being made at this moment.
            return false;
        }
    }
}
