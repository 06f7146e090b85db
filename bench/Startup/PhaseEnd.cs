namespace MacroCausal.Bench.Startup;

/// <summary>What had come about by when.</summary>
/// <param name="Name">What.</param>
/// <param name="Wall">Since the process was started.</param>
/// <param name="Processor">Processor time of the process until then.</param>
internal sealed record PhaseEnd(string Name, TimeSpan Wall, TimeSpan Processor);
