using System.Globalization;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// What the last turns of a study changed, so that a Tuner whose fold is some turns old reads those trials again and no others. A line is a
/// turn: the beginning of its stamp, then the trials' numbers. Pure.
/// </summary>
public static class TurnLog
{
    // With four Tuners, one in a million decisions finds that the others have made more turns than these since its own last.
    private const int MaxTurns = 48;

    // What would be read trial by trial is better read as a whole, and the study's record stays small.
    private const int MaxTrials = 256;

    // 48 random bits tell a few turns apart.
    private const int StampLength = 12;

    /// <summary>The log with one turn more, without the oldest where it grows too long.</summary>
    public static IReadOnlyList<string> Add(IReadOnlyList<string> turns, Guid stamp, IReadOnlyCollection<int> trials)
    {
        ArgumentNullException.ThrowIfNull(turns);
        IReadOnlyList<string> all = [.. turns, $"{Name(stamp)} {string.Join(' ', trials.Distinct())}"];
        var (kept, changed) = (0, 0);
        while (kept < Math.Min(all.Count, MaxTurns) && (changed += TrialsOf(all[^(kept + 1)]).Count()) <= MaxTrials)
        {
            kept++;
        }

        return [.. all.Skip(all.Count - kept)];
    }

    /// <summary>The trials that were changed since a turn, in ascending order; null where that is not known: read all.</summary>
    public static IReadOnlyList<int>? ChangedSince(IReadOnlyList<string> turns, Guid stamp)
    {
        ArgumentNullException.ThrowIfNull(turns);
        for (var turn = turns.Count - 1; turn >= 0; turn--)
        {
            if (turns[turn].StartsWith(Name(stamp), StringComparison.Ordinal))
            {
                return [.. turns.Skip(turn + 1).SelectMany(TrialsOf).Distinct().Order()];
            }
        }

        return null;
    }

    private static string Name(Guid stamp) => stamp.ToString("N")[..StampLength];

    private static IEnumerable<int> TrialsOf(string turn) =>
        turn.Split(' ').Skip(1).Select(trial => int.Parse(trial, CultureInfo.InvariantCulture));
}
