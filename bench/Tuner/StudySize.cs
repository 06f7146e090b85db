using MacroCausal.Bench.Simulation;
using MacroCausal.Search.Studies;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Tuner;

/// <summary>
/// One study to measure. With <paramref name="Sample"/> the first trials are proposed at random and only the last that many by the sampler.
/// </summary>
internal sealed record StudySize(string Sampler, int Trials, int Workers, int? Sample = null)
{
    private const ulong Seed = 7;

    private StudySettings Settings => new()
    {
        ExecutionId = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c2f6e-6a1b-4a55-9d7e-0a1b2c3d4e5f",
        GoldBucket = "macro-gold",
        ArtifactsBucket = "macro-artifacts",
        ModelRegistryTable = "model-registry",
        Sampler = Sampler,
        Trials = Trials,
        Parallelism = Workers,
        Seed = 1,
    };

    /// <summary>Runs it and says what it cost.</summary>
    public StudyCost Measure()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (study, cost) = Run();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(study);
        return cost with { BytesPerTrial = (double)bytes / Trials };
    }

    // What the simulation holds is garbage once this returns, so that only the study counts as memory.
    private (Study Study, StudyCost Cost) Run()
    {
        var written = new WrittenBytes(Settings);
        var study = Sample is { } sample ? Grown(sample) : new Study(SearchMapping.Of(Settings));
        var run = new VirtualStudy(study, Seed, written);
        run.Run();
        var cost = new StudyCost
        {
            Size = this,
            Decision = run.Decisions.Summarize(),
            Proposal = run.Proposals.Summarize(),
            DecisionsPerSecond = run.DecisionsPerSecond,
            BytesPerDecision = written.PerDecision,
            LargestRecord = written.Largest,
            StudyRecord = written.OfStudy,
        };
        return (study, cost);
    }

    /// <summary>The study as it is after all but the last trials, folded from those of a study that proposed at random.</summary>
    private Study Grown(int sample)
    {
        List<StartTrial> started = [];
        var random = new Study(SearchMapping.Of(Settings with { Sampler = "random", Trials = Trials - sample }));
        new VirtualStudy(random, Seed, new WrittenBytes(Settings)) { Started = started.Add }.Run();
        var study = new Study(SearchMapping.Of(Settings));
        foreach (var start in started) study.Restore(Snapshot(start, random));
        return study;
    }

    private static TrialSnapshot Snapshot(StartTrial start, Study study)
    {
        var progress = study.Find(start.Trial)!.Value;
        var curve = new LearningCurve(start.Configuration, Seed, start.Trial);
        return new TrialSnapshot
        {
            Trial = start.Trial,
            Configuration = start.Configuration,
            Status = progress.Status,
            Epoch = progress.Epoch,
            ToEpoch = progress.ToEpoch,
            BestEpoch = progress.BestEpoch,
            Milestones = [.. study.Milestones.Where(epoch => epoch <= progress.Epoch)
                .Select(epoch => new RungLoss(epoch, curve.Truth(epoch)))],
        };
    }
}

/// <summary>What a study cost. Bytes per decision are those of trial records; the study's own record is replaced once a turn.</summary>
internal sealed record StudyCost
{
    public required StudySize Size { get; init; }

    public required Latency Decision { get; init; }

    public required Latency Proposal { get; init; }

    public required double DecisionsPerSecond { get; init; }

    public required double BytesPerDecision { get; init; }

    public required int LargestRecord { get; init; }

    public required int StudyRecord { get; init; }

    /// <summary>Heap bytes of the study, over its trials.</summary>
    public double BytesPerTrial { get; init; }
}
