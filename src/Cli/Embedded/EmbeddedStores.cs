using MacroCausal.Storage;
using MacroCausal.Storage.Models;
using MacroCausal.Storage.Objects;
using MacroCausal.Storage.Sqlite;
using MacroCausal.Storage.Studies;

namespace MacroCausal.Cli.Embedded;

/// <summary>The stores of a directory, for commands that need no services.</summary>
internal sealed class EmbeddedStores : IDisposable
{
    private readonly SqliteDatabase _database;

    private EmbeddedStores(EmbeddedStore store)
    {
        _database = SqliteDatabase.Open(Path.Combine(store.Directory, EmbeddedStorageExtensions.DatabaseName));
        Objects = new DirectoryObjectStore(store.Directory);
        Studies = new SqliteStudyStore(_database);
        Models = new SqliteModelRegistry(_database);
    }

    public DirectoryObjectStore Objects { get; }

    public IStudyStore Studies { get; }

    public IModelRegistry Models { get; }

    /// <summary>Opens the stores, and makes them where there are none.</summary>
    public static EmbeddedStores Open(EmbeddedStore store)
    {
        Directory.CreateDirectory(store.Directory);
        return new EmbeddedStores(store);
    }

    /// <summary>Opens stores that must be there.</summary>
    public static EmbeddedStores OpenExisting(EmbeddedStore store) => Directory.Exists(store.Directory)
        ? new EmbeddedStores(store)
        : throw new BadInputException($"There is no store '{store.Directory}'; check --store, or make one with 'macrocausal train'.");

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
