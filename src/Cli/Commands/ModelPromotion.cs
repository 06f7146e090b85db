using MacroCausal.Storage;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// Gives a model another status, unless somebody else has just given it one: of two who decide on what they see, one is told to look again.
/// A status may be that of several models, such as one for every target; the others of it are named.
/// </summary>
internal static class ModelPromotion
{
    private const int MaxNamed = 5;

    /// <param name="models">The registry.</param>
    /// <param name="modelId">The model.</param>
    /// <param name="status">Its new status.</param>
    /// <param name="seen">The status that it had when whoever asks looked at it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="BadInputException">There is no such model, or its status is another by now.</exception>
    public static async Task<StatusChange> RunAsync(
        IModelRegistry models, string modelId, string status, string seen, CancellationToken cancellationToken)
    {
        var isSet = await models.SetStatusAsync(modelId, status, seen, cancellationToken);
        if (!isSet)
        {
            throw new BadInputException(await models.FindAsync(modelId, cancellationToken) is { } now
                ? $"The status of '{modelId}' is {now.Status} by now, no more {seen}: somebody else has changed it; look at it again first."
                : $"There is no model '{modelId}'; 'macrocausal models list' names those that there are.");
        }

        var others = status == ModelStatuses.Trained
            ? []
            : await models.ListAsync(status: status, cancellationToken: cancellationToken).Select(model => model.ModelId)
                .Where(other => other != modelId).ToListAsync(cancellationToken);
        return new StatusChange(modelId, seen, status, others);
    }

    /// <summary>What was done, in a line.</summary>
    public static string Sentence(StatusChange change)
    {
        var named = string.Join(", ", change.Others.Take(MaxNamed)) + (change.Others.Count > MaxNamed ? ", ..." : "");
        return $"{change.ModelId}: {change.From} -> {change.Status}"
            + (change.Others.Count == 0 ? "" : $"; {change.Status} {(change.Others.Count == 1 ? "is" : "are")} too: {named}");
    }
}

/// <summary>What was done to a model.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="From">Its status before.</param>
/// <param name="Status">Its status now.</param>
/// <param name="Others">Ids of the other models of that status, latest first; not looked for where it is that of every model.</param>
internal sealed record StatusChange(string ModelId, string From, string Status, IReadOnlyList<string> Others);
