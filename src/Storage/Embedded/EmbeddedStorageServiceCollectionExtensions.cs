using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.Storage.Embedded;

/// <summary>Storage of the embedded mode: everything in one directory.</summary>
public static class EmbeddedStorageServiceCollectionExtensions
{
    /// <summary>Name of the file with the records, in the storage directory.</summary>
    public const string DatabaseName = "macrocausal.db";

    /// <summary>
    /// Adds <see cref="IObjectStore"/>, <see cref="IStudyStore"/> and <see cref="IModelRegistry"/> over a directory, which is created
    /// where it is not there: buckets as folders, records in
    /// <see cref="DatabaseName"/>. The file is opened when the first record is asked for and closed with the container.
    /// </summary>
    /// <exception cref="ObjectStoreException">The directory cannot be created or written.</exception>
    public static IServiceCollection AddEmbeddedStorage(this IServiceCollection services, string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var root = Path.GetFullPath(directory);
        var objects = new DirectoryObjectStore(root);
        services.TryAddSingleton(objects);
        services.TryAddSingleton<IObjectStore>(objects);
        services.TryAddSingleton(_ => SqliteDatabase.Open(Path.Combine(root, DatabaseName)));
        services.TryAddSingleton<IStudyStore, SqliteStudyStore>();
        services.TryAddSingleton<IModelRegistry, SqliteModelRegistry>();
        services.TryAddSingleton<IModelRegistries, SqliteModelRegistries>();
        return services;
    }
}
