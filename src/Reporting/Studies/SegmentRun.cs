using MacroCausal.Storage;

namespace MacroCausal.Reporting.Studies;

/// <summary>What one runner trained of a segment in one go, as its reports tell.</summary>
internal sealed record SegmentRun
{
    /// <summary>The trial.</summary>
    public required int Trial { get; init; }

    /// <summary>The first epoch that was reported.</summary>
    public required int FromEpoch { get; init; }

    /// <summary>The last one.</summary>
    public required int ToEpoch { get; init; }

    /// <summary>The process that trained it.</summary>
    public required string Runner { get; init; }

    /// <summary>Seconds from the study's start to its own, at the latest.</summary>
    public required double Start { get; init; }

    /// <summary>Seconds from the study's start to its last report.</summary>
    public required double End { get; init; }

    /// <summary>Seconds that its epochs took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether another runner had begun the segment.</summary>
    public bool IsTakenOver { get; init; }

    /// <summary>How often the segment had been issued before; known of a trial's last segment alone.</summary>
    public int Attempt { get; init; }

    /// <summary>The runner, and which of those segments that it trains side by side.</summary>
    public string Lane { get; init; } = "";

    /// <summary>Why it is not the first of its epochs; null where it is, as far as is known.</summary>
    public string? Again => (IsTakenOver, Attempt) switch
    {
        (true, _) => "another runner had begun the segment",
        (false, > 0) => Invariant($"issued {Attempt + 1} times"),
        _ => null,
    };

    /// <summary>The segments of a study by start, each in a lane in which nothing overlaps.</summary>
    public static IReadOnlyList<SegmentRun> Of(StudyFacts facts)
    {
        var epochs = facts.Epochs.ToLookup(epoch => epoch.Trial);
        var runs = facts.Trials.SelectMany(trial => Of(trial, epochs[trial.Trial], facts.Request.StartedAt))
            .OrderBy(run => run.Start).ThenBy(run => run.Trial).ThenBy(run => run.FromEpoch).ToList();
        return [.. runs.GroupBy(run => run.Runner, StringComparer.Ordinal).OrderBy(runner => runner.Key, StringComparer.Ordinal)
            .SelectMany(InLanes).OrderBy(run => run.Lane, StringComparer.Ordinal).ThenBy(run => run.Start)];
    }

    private static IEnumerable<SegmentRun> Of(TrialRecord trial, IEnumerable<EpochRecord> epochs, DateTimeOffset start)
    {
        int[] milestones = [.. trial.Milestones.Select(rung => rung.Epoch)];
        int SegmentOf(int epoch) => milestones.Count(milestone => milestone < epoch);
        var last = new List<EpochRecord>();
        var isTakenOver = false;
        foreach (var epoch in epochs)
        {
            if (last.Count > 0 && (SegmentOf(epoch.Epoch) != SegmentOf(last[^1].Epoch) || epoch.Runner != last[^1].Runner))
            {
                yield return Run(trial, last, start, isTakenOver, isLast: false);
                isTakenOver = SegmentOf(epoch.Epoch) == SegmentOf(last[^1].Epoch);
                last = [];
            }

            last.Add(epoch);
        }

        if (last.Count > 0) yield return Run(trial, last, start, isTakenOver, isLast: true);
    }

    private static SegmentRun Run(
        TrialRecord trial, List<EpochRecord> epochs, DateTimeOffset start, bool isTakenOver, bool isLast)
    {
        // Reports of quick epochs travel together: the one that has least waited says when the training began.
        var (trained, begun) = (0.0, double.PositiveInfinity);
        foreach (var epoch in epochs)
        {
            trained += epoch.Seconds;
            begun = Math.Min(begun, (epoch.RecordedAt - start).TotalSeconds - trained);
        }

        return new SegmentRun
        {
            Trial = trial.Trial,
            FromEpoch = epochs[0].Epoch,
            ToEpoch = epochs[^1].Epoch,
            Runner = epochs[0].Runner,
            Start = begun,
            End = epochs.Max(epoch => (epoch.RecordedAt - start).TotalSeconds),
            Seconds = trained,
            IsTakenOver = isTakenOver,
            Attempt = isLast && epochs[^1].Epoch > trial.Milestones.Where(rung => rung.Epoch < trial.ToEpoch)
                .Select(rung => rung.Epoch).DefaultIfEmpty().Max() ? trial.Attempt : 0,
        };
    }

    // The first lane that is free takes the next one.
    private static IEnumerable<SegmentRun> InLanes(IGrouping<string, SegmentRun> runner)
    {
        var ends = new List<double>();
        List<(SegmentRun Run, int Lane)> placed = [];
        foreach (var run in runner)
        {
            var lane = ends.FindIndex(end => end <= run.Start);
            if (lane < 0)
            {
                lane = ends.Count;
                ends.Add(0);
            }

            ends[lane] = run.End;
            placed.Add((run, lane));
        }

        var digits = Invariant($"{ends.Count}").Length;
        return placed.Select(one => one.Run with
        {
            Lane = ends.Count == 1
                ? runner.Key
                : $"{runner.Key} {(one.Lane + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')}",
        });
    }
}
