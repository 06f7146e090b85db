using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Cli.Embedded;

/// <summary>The stores of a directory, for commands that need no services.</summary>
internal sealed class EmbeddedStores : IDisposable
{
    private readonly SqliteDatabase _database;

    private EmbeddedStores(EmbeddedStore store)
    {
        // Makes the directory, and says so best where that is not possible.
        Objects = new DirectoryObjectStore(store.Directory);
        _database = SqliteDatabase.Open(store.Database);
        Studies = new SqliteStudyStore(_database);
        Models = new SqliteModelRegistry(_database);
    }

    public DirectoryObjectStore Objects { get; }

    public IStudyStore Studies { get; }

    public IModelRegistry Models { get; }

    /// <summary>Opens the stores, and makes them where there are none.</summary>
    public static EmbeddedStores Open(EmbeddedStore store) => new(store);

    /// <summary>Opens stores that must be there.</summary>
    public static EmbeddedStores OpenExisting(EmbeddedStore store) => File.Exists(store.Database)
        ? new EmbeddedStores(store)
        : throw new BadInputException($"There is no store '{store.Directory}'; check --store, or make one with 'macrocausal train'.");

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
