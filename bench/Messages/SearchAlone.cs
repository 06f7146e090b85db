using MacroCausal.Search.Studies;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Messages;

/// <summary>The decisions of a study without any message or record, to tell what they cost by themselves.</summary>
internal static class SearchAlone
{
    /// <summary>Processor time of the search, sampler and scheduler, for all segments of a study.</summary>
    public static TimeSpan Measure(StudyShape shape)
    {
        var study = new Study(SearchMapping.Of(Settings(shape)));
        var (seeds, running) = (new Dictionary<int, long>(), new Queue<(int Trial, int ToEpoch)>());
        var before = ProcessorTime.OfThis;
        for (var decision = study.Next(); decision is not Finish; decision = study.Next())
        {
            if (decision is Wait)
            {
                var (trial, epoch) = running.Dequeue();
                study.Report(trial, epoch, SeededLoss.Loss(seeds[trial], epoch), epoch, endedEarly: false);
                continue;
            }

            study.Apply(decision);
            if (decision is StartTrial start)
            {
                seeds[start.Trial] = start.Seed;
            }

            running.Enqueue(decision is ContinueTrial next
                ? (next.Trial, next.ToEpoch)
                : (((StartTrial)decision).Trial, ((StartTrial)decision).ToEpoch));
        }

        return ProcessorTime.OfThis - before;
    }

    private static StudySettings Settings(StudyShape shape) => new()
    {
        ExecutionId = "search-alone",
        GoldBucket = "gold",
        ArtifactsBucket = "artifacts",
        ModelRegistryTable = "models",
        Trials = shape.Trials,
        Parallelism = shape.Parallelism,
        GracePeriod = shape.Epochs,
        MaxEpochs = 2 * shape.Epochs,
    };
}
