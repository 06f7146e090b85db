using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class SqliteStudyStoreTests : StudyStoreCompliance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private SqliteDatabase? _database;

    protected override Task<IStudyStore> OpenAsync()
    {
        _database = SqliteDatabase.Open(_directory.Combine("macrocausal.db"));
        return Task.FromResult<IStudyStore>(new SqliteStudyStore(_database));
    }

    public void Dispose()
    {
        _database!.Dispose();
        _directory.Dispose();
    }
}
