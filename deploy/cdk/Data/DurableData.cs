using Amazon.CDK;
using Amazon.CDK.AWS.DynamoDB;
using Amazon.CDK.AWS.KMS;

namespace MacroCausal.Cdk.Data;

/// <summary>What must outlive everything else: the key, the buckets, the registry and the studies' records.</summary>
public sealed class DurableData : Stack
{
    internal DurableData(Construct scope, DeploymentSettings settings)
        : base(scope, "macrocausal-data", new StackProps { Description = "MacroCausal: buckets, tables and their key", TerminationProtection = true, Synthesizer = Plain.Synthesizer() })
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
