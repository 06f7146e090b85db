namespace MacroCausal.Storage.Aws;

/// <summary>Names of what is in AWS. Region, credentials and endpoints are not among them: they come the SDK's standard way (<c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL</c>, ...).</summary>
public sealed record AwsStorageOptions
{
    /// <summary>The study table where none is named.</summary>
    public const string DefaultStudyTable = "macrocausal-studies";

    /// <summary>Table of registered models, <c>MODEL_REGISTRY_TABLE</c>. None: only a process that asks for the registry needs it.</summary>
    public string? ModelRegistryTable { get; init; }

    /// <summary>Table of the studies' records, <c>STUDY_TABLE</c>. Default: <see cref="DefaultStudyTable"/>.</summary>
    public string StudyTable { get; init; } = DefaultStudyTable;

    /// <summary>Reads both names with a function that knows the settings, such as <see cref="Environment.GetEnvironmentVariable(string)"/>; an empty setting counts as none.</summary>
    public static AwsStorageOptions Read(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return new()
        {
            ModelRegistryTable = setting("MODEL_REGISTRY_TABLE") is { Length: > 0 } registry ? registry : null,
            StudyTable = setting("STUDY_TABLE") is { Length: > 0 } studies ? studies : DefaultStudyTable,
        };
    }
}
