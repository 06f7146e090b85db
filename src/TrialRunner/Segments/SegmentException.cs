namespace MacroCausal.TrialRunner.Segments;

/// <summary>A segment cannot be trained as it was asked for; the message says why.</summary>
internal sealed class SegmentException(string message) : Exception(message);
