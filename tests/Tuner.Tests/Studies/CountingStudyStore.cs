using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>Counts what is read of a study's trials.</summary>
internal sealed class CountingStudyStore(IStudyStore store) : DelegatingStudyStore(store)
{
    private int _listings;
    private int _trials;
    private int _looks;
    private int _studies;

    /// <summary>How often all trials were read.</summary>
    public int Listings => _listings;

    /// <summary>How often a study's record was read.</summary>
    public int Studies => _studies;

    /// <summary>How often the active studies were listed.</summary>
    public int Looks => _looks;

    /// <summary>How many single trials were read.</summary>
    public int Trials => _trials;

    public override Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _trials);
        return base.FindTrialAsync(executionId, trial, cancellationToken);
    }

    public override Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _studies);
        return base.FindStudyAsync(executionId, cancellationToken);
    }

    public override IAsyncEnumerable<LookRecord> ListDueLooksAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _looks);
        return base.ListDueLooksAsync(now, cancellationToken);
    }

    public override IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _listings);
        return base.ListTrialsAsync(executionId, cancellationToken);
    }
}
