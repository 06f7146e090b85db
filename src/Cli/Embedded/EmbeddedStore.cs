using MacroCausal.Hosting.Settings;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Cli.Embedded;

/// <summary>The directory that stands for S3 and DynamoDB on one machine: buckets as folders, the records in one SQLite file.</summary>
internal sealed record EmbeddedStore(string Directory)
{
    public const string GoldBucket = "gold";

    public const string ArtifactsBucket = "artifacts";

    public const string ModelRegistryTable = "models";

    public static PipelineOptions Pipeline { get; } = new()
    {
        GoldBucket = GoldBucket,
        ArtifactsBucket = ArtifactsBucket,
        ModelRegistryTable = ModelRegistryTable,
    };

    /// <summary>Path of the file with the records.</summary>
    public string Database => Path.Combine(Directory, EmbeddedStorageServiceCollectionExtensions.DatabaseName);

    /// <summary>Address of the gold table of an execution.</summary>
    public static string GoldTable(string executionId) => ObjectKeys.Uri(GoldBucket, ObjectKeys.GoldTable(executionId));
}
