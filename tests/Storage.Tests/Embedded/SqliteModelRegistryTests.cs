using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class SqliteModelRegistryTests : ModelRegistryCompliance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private SqliteDatabase? _database;

    protected override Task<IModelRegistry> OpenAsync()
    {
        _database = SqliteDatabase.Open(_directory.Combine("macrocausal.db"));
        return Task.FromResult<IModelRegistry>(new SqliteModelRegistry(_database));
    }

    public void Dispose()
    {
        _database!.Dispose();
        _directory.Dispose();
    }
}
