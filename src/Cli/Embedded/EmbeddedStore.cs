using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Cli.Embedded;

/// <summary>The directory that stands for S3 and DynamoDB on one machine: buckets as folders, the records in one SQLite file.</summary>
internal sealed record EmbeddedStore(string Directory)
{
    public const string GoldBucket = "gold";

    public const string ArtifactsBucket = "artifacts";

    public const string ModelRegistryTable = "models";

    public static PipelineOptions Pipeline { get; } = new()
    {
        GoldBucket = GoldBucket,
        ArtifactsBucket = ArtifactsBucket,
        ModelRegistryTable = ModelRegistryTable,
    };

    /// <summary>Path of the file with the records.</summary>
    public string Database => Path.Combine(Directory, EmbeddedStorageServiceCollectionExtensions.DatabaseName);

    /// <summary>Address of the gold table of an execution.</summary>
    public static string GoldTable(string executionId) => ObjectKeys.Uri(GoldBucket, ObjectKeys.GoldTable(executionId));
}

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

    public SqliteStudyStore Studies { get; }

    public IModelRegistry Models { get; }

    /// <summary>Opens the stores, and makes them where there are none.</summary>
    public static EmbeddedStores Open(EmbeddedStore store) => new(store);

    /// <summary>Opens stores that must be there.</summary>
    public static EmbeddedStores OpenExisting(EmbeddedStore store) => File.Exists(store.Database)
        ? new EmbeddedStores(store)
        : throw new BadInputException($"There is no store '{store.Directory}'; check --store, or make one with 'macrocausal train'.");

    public void Dispose() => _database.Dispose();
}

/// <summary>
/// Which folders of a store were there before a command, so that one that comes to nothing leaves none behind. What other processes have
/// put there meanwhile stays.
/// </summary>
internal sealed class StoreTrace
{
    private readonly string _database;
    private readonly IReadOnlyList<string> _absent;

    private StoreTrace(string database, IReadOnlyList<string> absent) => (_database, _absent) = (database, absent);

    /// <summary>What a store is now; to be called before it is opened.</summary>
    public static StoreTrace Before(EmbeddedStore store)
    {
        if (File.Exists(store.Database)) return new StoreTrace(store.Database, []);

        var folders = new[] { ".tmp", "locks", EmbeddedStore.GoldBucket, EmbeddedStore.ArtifactsBucket }
            .Select(name => Path.Combine(store.Directory, name)).ToList();
        for (var folder = store.Directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            folders.Add(folder);
        }

        return new StoreTrace(store.Database, [.. folders.Where(folder => !Directory.Exists(folder))]);
    }

    /// <summary>Removes the database where it was made since, is empty and nobody uses it, then the folders that are empty.</summary>
    public void Erase()
    {
        if (_absent.Count == 0 || (File.Exists(_database) && !SqliteDatabase.TryDeleteEmpty(_database))) return;

        foreach (var folder in _absent.Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // Not empty: another process has begun to use it.
            }
        }
    }
}

/// <summary>
/// Keeps two processes from running the same study out of one store. The operating system releases it when the process ends, however it
/// ends.
/// </summary>
internal sealed class StudyLock : IDisposable
{
    private readonly FileStream _file;

    private StudyLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of a study, or throws where another process holds it.</summary>
    public static StudyLock Take(EmbeddedStore store, string executionId) => TryTake(store, executionId)
        ?? throw new BadInputException(
            $"The study '{executionId}' is running in another process on '{store.Directory}'; "
            + "wait for it, or use another --execution-id.");

    /// <summary>Takes the lock of a study; null where another process holds it.</summary>
    public static StudyLock? TryTake(EmbeddedStore store, string executionId)
    {
        var folder = Directory.CreateDirectory(Path.Combine(store.Directory, "locks"));
        var path = Path.Combine(folder.FullName, ExecutionIds.StudyId(executionId).ToString("N"));
        try
        {
            return new StudyLock(
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
