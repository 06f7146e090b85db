using MacroCausal.Storage;

namespace MacroCausal.Bench.Scaling;

/// <summary>A TrialRunner with one worker, on a node of its own.</summary>
internal sealed class Runner(double launched)
{
    public double Launched { get; } = launched;

    /// <summary>When it took its first message; none while it starts.</summary>
    public double? Ready { get; set; }

    public bool IsGone { get; set; }

    /// <summary>SIGTERM has come: it ends with the epoch.</summary>
    public bool IsStopping { get; set; }

    /// <summary>What it trains; none while it is idle.</summary>
    public TrialRecord? Segment { get; set; }

    /// <summary>Epochs of the segment's trial that are done here.</summary>
    public int Epoch { get; set; }

    public double EpochStarted { get; set; }

    public double SavedAt { get; set; }

    /// <summary>Seconds that it trained, whether or not it counted.</summary>
    public double Trained { get; set; }

    /// <summary>Seconds spent on checkpoints and messages.</summary>
    public double Handled { get; set; }
}
