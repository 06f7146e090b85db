using System.ComponentModel.DataAnnotations;

namespace MacroCausal.Tuner;

/// <summary>How the Tuner watches over the segments that are out; section <c>Tuner</c>.</summary>
public sealed class TunerOptions
{
    /// <summary>How long a segment that is out may stay silent before it is issued again. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often silent segments are looked for. Default 15 seconds; at most 15 minutes, the longest delay of SQS.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:15:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a segment is tried before its trial is given up as failed. Default 3.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;
}
