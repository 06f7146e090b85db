using MacroCausal.Storage;

namespace MacroCausal.Cli.Commands;

/// <summary>Plots of one line for terminals, in plain characters where those of a plot cannot be shown; without colour.</summary>
/// <param name="IsUnicode">Whether block characters can be shown.</param>
internal sealed record SmallPlot(bool IsUnicode)
{
    /// <summary>Characters of a plot at most; behind a label it fits a terminal of 40 columns.</summary>
    public const int Width = 24;

    // By its number: a console wraps the encoding that it has.
    private const int Utf8 = 65001;
    private const int Utf16 = 1200;
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Plain = "_.-~=+*#";
    private static readonly string[] Languages = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>What can be shown where a writer writes to, under a process's settings of language and terminal.</summary>
    public static SmallPlot Of(TextWriter output, Func<string, string?> environment)
    {
        var language = Languages.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return new SmallPlot(
            output.Encoding.CodePage is Utf8 or Utf16 && language is not ("C" or "POSIX") && environment("TERM") != "dumb");
    }

    /// <summary>A character for every value, the lowest for the smallest; of many values the last of each part.</summary>
    public string Line(IReadOnlyList<double> values, int width = Width)
    {
        if (values.Count == 0) return "";
        var (count, marks) = (Math.Min(width, values.Count), IsUnicode ? Blocks : Plain);
        double[] shown = [.. Enumerable.Range(1, count).Select(part => values[(int)((long)part * values.Count / count) - 1])];
        var (low, high) = (shown.Min(), shown.Max());
        return string.Concat(shown.Select(
            value => marks[high > low ? (int)Math.Round((value - low) / (high - low) * (marks.Length - 1)) : 0]));
    }

    /// <summary>A bar; one character at least where there is anything.</summary>
    public string Bar(int value, int max) =>
        value <= 0 ? "" : new string(IsUnicode ? '█' : '#', Math.Clamp((int)Math.Round((double)Width * value / max), 1, Width));

    /// <summary>Rows of a study: its lowest loss so far in the order of the trials, and how many trials reached each rung.</summary>
    public IEnumerable<(string Name, string Value)> Rows(IReadOnlyList<TrialRecord> trials)
    {
        var best = new List<double>();
        foreach (var loss in trials.Select(trial => trial.LowestMilestoneLoss()).OfType<double>())
        {
            best.Add(best.Count == 0 ? loss : Math.Min(best[^1], loss));
        }

        if (best.Count > 1)
        {
            yield return ("lowest", Line(best));
            yield return ("so far", FormattableString.Invariant($"{best[0]:G5} to {best[^1]:G5}, {best.Count} trials"));
        }

        var rungs = trials.SelectMany(trial => trial.Milestones).GroupBy(milestone => milestone.Epoch).OrderBy(rung => rung.Key).ToList();
        var most = rungs.Select(rung => rung.Count()).DefaultIfEmpty().Max();
        foreach (var rung in rungs)
        {
            yield return (FormattableString.Invariant($"rung {rung.Key}"), FormattableString.Invariant(
                $"{Bar(rung.Count(), most)} {rung.Count()}"));
        }
    }
}
