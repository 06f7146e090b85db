using MacroCausal.Hosting;

namespace MacroCausal.Tuner.Settings;

/// <summary>Holds the buckets and the table that a study asks for against those that this Tuner has. Pure.</summary>
public static class ConfiguredStores
{
    /// <summary>Why a study is refused where it may name no others; what the environment does not name may be anything.</summary>
    public static IEnumerable<string> Refusals(StudySettings settings, PipelineOptions environment)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        (string Name, string Asked, string? Own)[] stores =
        [
            ("goldBucket", settings.GoldBucket, environment.GoldBucket),
            ("artifactsBucket", settings.ArtifactsBucket, environment.ArtifactsBucket),
            ("modelRegistryTable", settings.ModelRegistryTable, environment.ModelRegistryTable),
        ];
        return stores.Where(store => store.Own is { } own && store.Asked != own).Select(store =>
            $"{store.Name} is '{store.Asked}', and this Tuner takes '{store.Own}' only; "
            + $"leave it out, or set Tuner__{nameof(TunerOptions.AllowOtherStores)} to true.");
    }
}
