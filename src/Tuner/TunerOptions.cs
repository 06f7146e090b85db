using System.ComponentModel.DataAnnotations;

namespace MacroCausal.Tuner;

/// <summary>How the Tuner watches over the segments that run; section <c>Tuner</c>.</summary>
public sealed class TunerOptions
{
    /// <summary>
    /// How long a segment that has begun may be silent before it is reissued. Default 2 minutes, 1 second to 12 hours; longer than an
    /// epoch.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many leases a segment may wait for its first report, since a runner may have to be started for it. Default 4, 1 to 1,000.
    /// </summary>
    [Range(1, 1000)]
    public int LeasesToBegin { get; set; } = 4;

    /// <summary>
    /// How many reissues in a row, each after twice the time of the one before, count as no attempt; after them the time no longer grows.
    /// Default 6, 0 to 20.
    /// </summary>
    [Range(0, 20)]
    public int FreeReissues { get; set; } = 6;

    /// <summary>
    /// How many segments all studies together may have out, shared fairly: twice what the whole fleet trains at once keeps it busy. Where
    /// there are more studies, each has one. Default 0, no limit but each study's own; 0 to 1,000,000.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxSegments { get; set; }

    /// <summary>
    /// How often every active study is looked after: expired leases, commands that nothing came of. Default 15 seconds, 1 second to 15
    /// minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:15:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long PrepareData or RegisterModel may take, its wait in the queue included, before it is sent again; each time after twice as
    /// long. After <see cref="MaxAttempts"/> of them the study fails. Default 30 minutes, 1 second to 12 hours.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan CommandDeadline { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Whether only studies are looked after whose messages come to this process, as where all services are one process and another study
    /// of the store waits to be resumed. Default false.
    /// </summary>
    public bool OwnStudiesOnly { get; set; }

    /// <summary>
    /// Whether a StartTraining may name other buckets and another registry table than <c>GOLD_BUCKET</c>, <c>ARTIFACTS_BUCKET</c> and
    /// <c>MODEL_REGISTRY_TABLE</c>, as the pipeline's contract has it. Default true.
    /// </summary>
    public bool AllowOtherStores { get; set; } = true;

    /// <summary>
    /// How many attempts a segment has before its trial is given up as failed, and how often PrepareData or RegisterModel is sent. Default
    /// 3, 1 to 100.
    /// </summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;
}
