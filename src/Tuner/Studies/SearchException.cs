namespace MacroCausal.Tuner.Studies;

/// <summary>
/// The search itself failed: settings that it cannot work with, records that it cannot fold, or a defect. A repeat fails in the same way,
/// other than where a store or a queue could not be reached.
/// </summary>
internal sealed class SearchException(Exception cause) : Exception(
    $"The search could not go on: {cause.Message} Correct the settings and start under another execution id; "
    + "where they are right, it is a defect: report it with the Tuner's log.",
    cause)
{
    /// <summary>Calls what only computes.</summary>
    public static T Of<T>(Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (Exception exception)
        {
            throw new SearchException(exception);
        }
    }

    /// <inheritdoc cref="Of{T}"/>
    public static void Of(Action compute) => Of(() =>
    {
        compute();
        return true;
    });
}
