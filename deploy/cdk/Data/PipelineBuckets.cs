using Amazon.CDK;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.S3;

namespace MacroCausal.Cdk.Data;

/// <summary>The gold and the artifacts bucket: new ones, or those that the settings name, which are left as they are.</summary>
internal sealed class PipelineBuckets : Construct
{
    public PipelineBuckets(Construct scope, IKey key, DeploymentSettings settings)
        : base(scope, "Buckets")
    {
        Gold = settings.GoldBucket is { } gold ? Bucket.FromBucketName(this, "Gold", gold) : Create("Gold", key, []);
        Artifacts = settings.ArtifactsBucket is { } artifacts ? Bucket.FromBucketName(this, "Artifacts", artifacts) : Create("Artifacts", key, [Expiry(settings.RunsExpireAfterDays)]);
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
        LifecycleRules = [new LifecycleRule { Id = "unfinished-uploads", AbortIncompleteMultipartUploadAfter = Duration.Days(1) }, .. rules],
        RemovalPolicy = RemovalPolicy.RETAIN,
    });
}
