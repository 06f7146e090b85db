namespace MacroCausal.Storage;

/// <summary>The tables of registered models: a study may name another than the process's own.</summary>
public interface IModelRegistries
{
    /// <summary>The registry of that table. Embedded, there is one table, whatever its name.</summary>
    IModelRegistry Open(string table);
}
