using Amazon.CDK;
using Amazon.CDK.AWS.DynamoDB;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.S3;
using Attribute = Amazon.CDK.AWS.DynamoDB.Attribute;

namespace MacroCausal.Cdk.Data;

/// <summary>What must outlive everything else: the key, the buckets, the registry and the studies' records.</summary>
public sealed class DurableData : Stack
{
    internal DurableData(Construct scope, DeploymentSettings settings)
        : base(scope, "macrocausal-data", new StackProps
        {
            Description = "MacroCausal: buckets, tables and their key",
            TerminationProtection = true,
            Synthesizer = AssetlessSynthesizer.Create(),
        })
    {
        Key = DataKey.Create(this);
        Buckets = new PipelineBuckets(this, Key, settings);
        Models = RecordTable.Create(this, "Models", settings.ModelRegistryTable, ("model_id", "created_at"), Key, ttl: "ttl")
            .WithIndex("ExecutionIdIndex", "execution_id", "created_at", ProjectionType.ALL)
            .WithIndex("StatusIndex", "status", "created_at", ProjectionType.ALL);
        Studies = RecordTable.Create(this, "Studies", settings.StudyTable, ("execution_id", "record_key"), Key)
            .WithIndex("StudiesIndex", "kind", "started_at", ProjectionType.KEYS_ONLY);
        _ = new CfnOutput(this, "GoldBucketName", new CfnOutputProps { Value = Buckets.Gold.BucketName });
        _ = new CfnOutput(this, "ArtifactsBucketName", new CfnOutputProps { Value = Buckets.Artifacts.BucketName });
    }

    internal Key Key { get; }

    internal PipelineBuckets Buckets { get; }

    internal Table Models { get; }

    internal Table Studies { get; }
}

/// <summary>The gold and the artifacts bucket: new ones, or those that the settings name, which are left as they are.</summary>
internal sealed class PipelineBuckets : Construct
{
    public PipelineBuckets(Construct scope, IKey key, DeploymentSettings settings)
        : base(scope, "Buckets")
    {
        Gold = settings.GoldBucket is { } gold ? Bucket.FromBucketName(this, "Gold", gold) : Create("Gold", key, []);
        Artifacts = settings.ArtifactsBucket is { } artifacts ? Bucket.FromBucketName(this, "Artifacts", artifacts)
            : Create("Artifacts", key, [Expiry(settings.RunsExpireAfterDays)]);
    }

    public IBucket Gold { get; }

    public IBucket Artifacts { get; }

    private static LifecycleRule Expiry(int days) => new() { Id = "runs", Prefix = "runs/", Expiration = Duration.Days(days) };

    private Bucket Create(string id, IKey key, LifecycleRule[] rules) => new(this, id, new BucketProps
    {
        Encryption = BucketEncryption.KMS,
        EncryptionKey = key,
        BucketKeyEnabled = true,
        BlockPublicAccess = BlockPublicAccess.BLOCK_ALL,
        ObjectOwnership = ObjectOwnership.BUCKET_OWNER_ENFORCED,
        EnforceSSL = true,
        LifecycleRules =
            [new LifecycleRule { Id = "unfinished-uploads", AbortIncompleteMultipartUploadAfter = Duration.Days(1) }, .. rules],
        RemovalPolicy = RemovalPolicy.RETAIN,
    });
}

/// <summary>A table of records: paid by use, encrypted, restorable to any second of 35 days, and not deleted with its stack.</summary>
internal static class RecordTable
{
    public static Table Create(Construct scope, string id, string name, (string Partition, string Sort) keys, IKey key,
        string? ttl = null) => new(scope, id, new TableProps
        {
            TableName = name,
            PartitionKey = Text(keys.Partition),
            SortKey = Text(keys.Sort),
            BillingMode = BillingMode.PAY_PER_REQUEST,
            Encryption = TableEncryption.CUSTOMER_MANAGED,
            EncryptionKey = key,
            PointInTimeRecovery = true,
            DeletionProtection = true,
            TimeToLiveAttribute = ttl,
            RemovalPolicy = RemovalPolicy.RETAIN,
        });

    public static Table WithIndex(this Table table, string name, string partition, string sort, ProjectionType projection)
    {
        table.AddGlobalSecondaryIndex(new GlobalSecondaryIndexProps
        {
            IndexName = name,
            PartitionKey = Text(partition),
            SortKey = Text(sort),
            ProjectionType = projection,
        });
        return table;
    }

    private static Attribute Text(string name) => new() { Name = name, Type = AttributeType.STRING };
}
