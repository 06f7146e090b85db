using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>Why a study has no model.</summary>
internal static class FailureReasons
{
    private const int MaxReasons = 5;

    /// <summary>Why the trials of a study failed; the first few different reasons.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(IAsyncEnumerable<TrialRecord> trials)
    {
        var reasons = new List<string>();
        await foreach (var trial in trials)
        {
            var reason = trial.Failure ?? "no epoch had a finite validation loss; search smaller learning rates.";
            if (reasons.Count < MaxReasons && !reasons.Any(known => known.EndsWith(reason, StringComparison.Ordinal)))
            {
                reasons.Add($"trial {trial.Trial}: {reason}");
            }
        }

        return reasons;
    }
}
