namespace MacroCausal.Bench.Messages;

/// <summary>A study to measure.</summary>
/// <param name="Trials">Number of trials.</param>
/// <param name="Parallelism">Maximum number of concurrent segments.</param>
/// <param name="Epochs">Epochs of a segment: the grace period; a promoted trial runs as many again, to its end.</param>
/// <param name="Together">How many reports of a segment are published at once.</param>
internal sealed record StudyShape(int Trials, int Parallelism, int Epochs, int Together = InstantRunner.MaxTogether)
{
    /// <summary>The message that asks for it.</summary>
    public StartTraining Start(string executionId) => new()
    {
        ExecutionId = executionId,
        GoldBucket = "gold",
        ArtifactsBucket = "artifacts",
        ModelRegistryTable = "models",
        Trials = Trials,
        Parallelism = Parallelism,
        GracePeriod = Epochs,
        MaxEpochs = 2 * Epochs,
        Patience = 2 * Epochs,
    };
}
