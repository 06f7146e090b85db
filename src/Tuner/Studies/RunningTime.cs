namespace MacroCausal.Tuner.Studies;

/// <summary>
/// How long a study has searched, for <see cref="StudySettings.SecondsBudget"/>: the time between two of its turns, which are never further
/// apart than a look while a Tuner runs. The time in which no Tuner ran, or in which the study was cancelled or paused, is no running time;
/// neither are preparation and registration.
/// </summary>
public static class RunningTime
{
    // A turn may be late; a longer silence is that of all Tuners, and its first look is all that counts.
    private const int MaxLooksMissed = 4;

    /// <summary>Counts the time up to now. True where the budget is spent; false too where there is none, which counts nothing.</summary>
    public static bool IsSpent(StudyInstance study, TimeSpan sweepEvery, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(study);
        if (study.Settings.SecondsBudget is not { } budget) return false;
        if (study.PausedAt is not null)
        {
            study.CountedUpTo = null;
            return study.SearchSeconds >= budget;
        }

        var passed = now - (study.CountedUpTo ?? now);
        if (passed > TimeSpan.Zero)
        {
            study.SearchSeconds += (passed > MaxLooksMissed * sweepEvery ? sweepEvery : passed).TotalSeconds;
        }

        // Clocks of two Tuners differ; no second counts twice.
        study.CountedUpTo = study.CountedUpTo > now ? study.CountedUpTo : now;
        return study.SearchSeconds >= budget;
    }
}
