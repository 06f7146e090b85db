using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class EmbeddedStorageServiceCollectionExtensionsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Everything_is_kept_in_one_directory()
    {
        var root = _directory.Combine("new", "storage");
        await using (var services = new ServiceCollection().AddEmbeddedStorage(root).BuildServiceProvider())
        {
            await services.GetRequiredService<IObjectStore>().PutAsync("s3://gold/table", new MemoryStream([1]));
            await services.GetRequiredService<IStudyStore>().TryAddStudyAsync(Records.Study());
            await services.GetRequiredService<IModelRegistry>().TryAddAsync(Records.Model());
            services.GetRequiredService<DirectoryObjectStore>().ShouldBeSameAs(services.GetRequiredService<IObjectStore>());
        }

        Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe([".tmp", "gold", "macrocausal.db"]);
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused_at_once()
    {
        File.WriteAllText(_directory.Combine("file"), "x");

        Should.Throw<ObjectStoreException>(() => new ServiceCollection().AddEmbeddedStorage(_directory.Combine("file"))).Message
            .ShouldContain(_directory.Combine("file"));
    }
}
