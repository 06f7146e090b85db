using System.Globalization;
using MacroCausal.Cli.Progress;

namespace MacroCausal.Bench.Soak;

/// <summary>Samples this process's memory each time another so many trials have sent their first report.</summary>
internal sealed class MemoryWatch(int every) : IStudyView
{
    private readonly List<MemorySample> _samples = [];
    private int _trials;

    public IReadOnlyList<MemorySample> Samples => _samples;

    public void Show(DataPrepared prepared) => _samples.Add(MemorySample.Take(0));

    public void Show(TrialEpochCompleted report)
    {
        if (report.Epoch == 1 && ++_trials % every == 0)
        {
            _samples.Add(MemorySample.Take(_trials));
        }
    }

    public void Show(TrialFailed failed) => throw new InvalidOperationException($"Trial {failed.Trial} failed: {failed.Reason}");

    public void Show(FoldEnded ended)
    {
        // It concerns no trial.
    }

    public Task<StudyOutcome> FollowAsync(Task<StudyOutcome> study) => study;
}

/// <summary>This process's memory after a full collection, in bytes.</summary>
/// <param name="Trials">Trials that had reported.</param>
/// <param name="Resident">All that is in memory, files included (<c>VmRSS</c>).</param>
/// <param name="Private">What belongs to nobody else and to no file (<c>RssAnon</c>).</param>
/// <param name="Objects">Managed objects that live.</param>
/// <param name="Heap">What the collector has committed for them.</param>
internal sealed record MemorySample(int Trials, long Resident, long Private, long Objects, long Heap)
{
    /// <summary>
    /// Private memory that the collector knows nothing of: tensors, SQLite, the code that was compiled, the allocator's reserves.
    /// </summary>
    public long Native => Private - Heap;

    public static MemorySample Take(int trials)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var status = File.ReadAllLines("/proc/self/status");
        return new MemorySample(trials, Bytes(status, "VmRSS:"), Bytes(status, "RssAnon:"), GC.GetTotalMemory(forceFullCollection: false),
            GC.GetGCMemoryInfo().TotalCommittedBytes);
    }

    private static long Bytes(string[] status, string name) =>
        1024 * long.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
            .Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
