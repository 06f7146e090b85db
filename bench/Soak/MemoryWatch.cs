using MacroCausal.Cli.Progress;

namespace MacroCausal.Bench.Soak;

/// <summary>Looks at this process's memory whenever so many more trials have begun to report.</summary>
internal sealed class MemoryWatch(int every) : IStudyView
{
    private readonly List<MemorySample> _samples = [];
    private int _trials;

    public IReadOnlyList<MemorySample> Samples => _samples;

    public void Show(DataPrepared prepared) => _samples.Add(MemorySample.Take(0));

    public void Show(TrialEpochCompleted report)
    {
        if (report.Epoch == 1 && ++_trials % every == 0)
            _samples.Add(MemorySample.Take(_trials));
    }

    public void Show(TrialFailed failed) => throw new InvalidOperationException($"Trial {failed.Trial} failed: {failed.Reason}");

    public Task<StudyOutcome> FollowAsync(Task<StudyOutcome> study) => study;
}
