namespace MacroCausal.Bench.Messages;

/// <summary>What one study cost.</summary>
/// <param name="Shape">The study.</param>
/// <param name="Segments">Segments that were run.</param>
/// <param name="Reports">Epochs that were reported.</param>
/// <param name="Wall">From its first message to its last.</param>
/// <param name="Processor">Processor time of this process.</param>
/// <param name="Search">Processor time of the search alone, measured apart: what the decisions cost without messages and records.</param>
/// <param name="Emulators">Processor time of the emulators; none where there are none.</param>
/// <param name="EmulatorsBusy">For how long the emulators' only thread had work; none where there are none.</param>
/// <param name="Sections">Where the time went.</param>
internal sealed record StudyFigures(
    StudyShape Shape,
    long Segments,
    long Reports,
    TimeSpan Wall,
    TimeSpan Processor,
    TimeSpan Search,
    TimeSpan? Emulators,
    TimeSpan? EmulatorsBusy,
    IReadOnlyList<(string Name, long Times, TimeSpan Total)> Sections);
