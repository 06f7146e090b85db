using MacroCausal.Storage;

namespace MacroCausal.Cli.Embedded;

/// <summary>Finds a registered model by what a person types.</summary>
internal static class NamedModel
{
    /// <summary>The model of that id, else the latest of the execution of that id, else null.</summary>
    public static async Task<ModelRecord?> FindByIdOrExecutionAsync(this IModelRegistry models, string id, CancellationToken cancellationToken) =>
        await models.FindAsync(id, cancellationToken).ConfigureAwait(false)
        ?? await models.ListAsync(executionId: id, cancellationToken: cancellationToken).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
}
