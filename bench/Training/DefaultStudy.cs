using MacroCausal.Bench.Search;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Training;

/// <summary>
/// What the default study of 20 trials trains: its trials and the epochs that ASHA and patience give each, with one worker.
/// </summary>
internal static class DefaultStudy
{
    public static IReadOnlyList<TrialWork> Of(TrainingTable table)
    {
        var settings = new StudySettings
        {
            ExecutionId = "bench",
            GoldBucket = "gold",
            ArtifactsBucket = "artifacts",
            ModelRegistryTable = "models",
        };
        using var trainer = new TableTrainer(table.Train, table.Validation, targetScale: 1, settings.Patience);
        SearchRun.Run(SearchMapping.Of(settings) with { Parallelism = 1 }, trainer);
        return [.. trainer.Trained.Select(trained => new TrialWork(trained.Options, trained.Epochs))];
    }
}
