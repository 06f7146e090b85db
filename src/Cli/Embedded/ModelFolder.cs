namespace MacroCausal.Cli.Embedded;

/// <summary>Finds the folder of a model that a person names, in whatever way.</summary>
internal static class ModelFolder
{
    /// <summary>By path, by <c>file://</c> or <c>s3://</c> address, by the model's id, or by that of its execution.</summary>
    public static async Task<string> FindAsync(EmbeddedStore store, string model, CancellationToken cancellationToken)
    {
        if (Directory.Exists(model))
        {
            return model;
        }

        if (Uri.TryCreate(model, UriKind.Absolute, out var address) && address.IsFile && Directory.Exists(address.LocalPath))
        {
            return address.LocalPath;
        }

        using var stores = EmbeddedStores.OpenExisting(store);
        if (model.StartsWith("s3://", StringComparison.Ordinal))
        {
            return stores.Objects.PathOf(model.TrimEnd('/'));
        }

        var found = await stores.Models.FindByIdOrExecutionAsync(model, cancellationToken).ConfigureAwait(false);
        return found is null
            ? throw new BadInputException($"There is no model '{model}'; 'macrocausal models list' names those that there are.")
            : stores.Objects.PathOf(found.ModelUri.TrimEnd('/'));
    }
}
