
namespace MacroCausal.Storage.Embedded;

/// <summary>The one table of models in a SQLite file.</summary>
internal sealed class SqliteModelRegistries(IModelRegistry registry) : IModelRegistries
{
    public IModelRegistry Open(string table) => registry;
}
