using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>Draws again what a trial has already; a deterministic training would only repeat its result.</summary>
internal static class DuplicateAvoidance
{
    /// <summary>The first of at most <paramref name="attempts"/> draws that no trial has; null where all were known.</summary>
    public static Configuration? FirstNew(History history, int attempts, Func<Configuration> draw)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var proposal = draw();
            if (!history.Contains(proposal)) return proposal;
        }

        return null;
    }
}
