namespace MacroCausal.Cli.Commands;

/// <summary>What a study has where nobody says otherwise, for a view that is drawn before anybody says it.</summary>
internal static class StudyDefaults
{
    private static readonly StudySettings Settings = new() { ExecutionId = "", GoldBucket = "", ArtifactsBucket = "", ModelRegistryTable = "" };

    public static int Trials => Settings.Trials;

    public static int MaxEpochs => Settings.MaxEpochs;
}
