using Microsoft.Extensions.Hosting;

namespace MacroCausal.Bench.Messages;

/// <summary>A bus with records, and a Tuner on it.</summary>
internal interface IStack : IDisposable
{
    /// <summary>Its name in the tables.</summary>
    string Name { get; }

    /// <summary>Processor time of what it talks to; none where that is this process alone.</summary>
    TimeSpan? EmulatorTime { get; }

    /// <summary>For how long the only thread of what it talks to had work; none where that is this process alone.</summary>
    TimeSpan? EmulatorBusy { get; }

    /// <summary>Builds the process that is measured; its runners cost nothing, or keep a pace.</summary>
    IHost Build(Stopwatches watches, StudyEnds ends, StudyShape shape, Pace? pace = null);
}
