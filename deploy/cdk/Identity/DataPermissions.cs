using Amazon.CDK;
using Amazon.CDK.AWS.DynamoDB;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.S3;
using MacroCausal.Cdk.Data;

namespace MacroCausal.Cdk.Identity;

/// <summary>
/// What each service may do with objects and records. Listing a bucket is what makes S3 say that an object is missing rather than
/// forbidden.
/// </summary>
internal sealed class DataPermissions(DurableData data, DeploymentSettings settings)
{
    private static readonly string[] Write = ["s3:PutObject", "s3:AbortMultipartUpload"];

    private static readonly string[] UseKey =
    [
        "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
    ];

    private IBucket Gold => data.Buckets.Gold;

    private IBucket Artifacts => data.Buckets.Artifacts;

    public IEnumerable<PolicyStatement> DataPrep() =>
    [
        PolicyStatements.Allow(["s3:GetObject"], [Gold.ArnForObjects("gold/*")]),
        PolicyStatements.Allow(Write, [Artifacts.ArnForObjects("runs/*/data/*")]),
        PolicyStatements.Allow(["s3:ListBucket"], [Gold.BucketArn, Artifacts.BucketArn]),
        .. Keys("s3", "sns"),
    ];

    public IEnumerable<PolicyStatement> Tuner() =>
    [
        PolicyStatements.Allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], [data.Studies.TableArn]),
        PolicyStatements.Allow(["dynamodb:Query"], [Index(data.Studies, "StudiesIndex")]),
        .. Keys("dynamodb", "sns"),
    ];

    public IEnumerable<PolicyStatement> TrialRunner() =>
    [
        PolicyStatements.Allow(["s3:GetObject"],
            [Artifacts.ArnForObjects("runs/*/data/*"), Artifacts.ArnForObjects("runs/*/checkpoints/*")]),
        PolicyStatements.Allow([.. Write, "s3:DeleteObject"], [Artifacts.ArnForObjects("runs/*/checkpoints/*")]),
        PolicyStatements.Allow(["s3:ListBucket"], [Artifacts.BucketArn]),
        PolicyStatements.Allow(["dynamodb:GetItem"], [data.Studies.TableArn]),
        .. Keys("s3", "dynamodb", "sns"),
    ];

    public IEnumerable<PolicyStatement> Registry() =>
    [
        PolicyStatements.Allow(["s3:GetObject"],
            [
                Gold.ArnForObjects("gold/*"), Artifacts.ArnForObjects("runs/*/data/*"), Artifacts.ArnForObjects("runs/*/checkpoints/*"),
                Artifacts.ArnForObjects("models/*"),
            ]),
        PolicyStatements.Allow(Write, [Artifacts.ArnForObjects("models/*")]),
        PolicyStatements.Allow(["s3:DeleteObject"], [Artifacts.ArnForObjects("runs/*/checkpoints/*")]),
        PolicyStatements.Allow(["s3:ListBucket"], [Gold.BucketArn, Artifacts.BucketArn]),
        PolicyStatements.Allow(["dynamodb:GetItem", "dynamodb:Query"], [data.Studies.TableArn]),
        PolicyStatements.Allow(["dynamodb:PutItem", "dynamodb:Query"], [data.Models.TableArn]),
        PolicyStatements.Allow(["dynamodb:Query"], [Index(data.Models, "ExecutionIdIndex")]),
        .. Keys("s3", "dynamodb", "sns"),
    ];

    /// <summary>What reads one study's record needs.</summary>
    public IEnumerable<PolicyStatement> StudyReader() =>
        [PolicyStatements.Allow(["dynamodb:GetItem"], [data.Studies.TableArn]), .. Keys("dynamodb")];

    /// <summary>What follows studies and models from a terminal needs: <c>watch</c> and <c>models</c>.</summary>
    public IEnumerable<PolicyStatement> Reader() =>
    [
        PolicyStatements.Allow(["dynamodb:GetItem", "dynamodb:Query"], [data.Studies.TableArn, Index(data.Studies, "StudiesIndex")]),
        PolicyStatements.Allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
            [data.Models.TableArn, Index(data.Models, "ExecutionIdIndex"), Index(data.Models, "StatusIndex")]),
        .. Keys("dynamodb"),
    ];

    private static string Index(Table table, string name) => $"{table.TableArn}/index/{name}";

    /// <summary>The keys, through those services of AWS only: a role cannot decrypt anything by itself.</summary>
    private IEnumerable<PolicyStatement> Keys(params string[] services)
    {
        var through = services.Select(service => $"{service}.{Stack.Of(data).Region}.amazonaws.com").ToArray();
        string[] keys = settings.BucketKeyArn is { } bucketKey && services.Contains("s3") ? [data.Key.KeyArn, bucketKey]
            : [data.Key.KeyArn];
        yield return PolicyStatements.Allow(UseKey, keys,
            new() { ["StringEquals"] = new Dictionary<string, object> { ["kms:ViaService"] = through } });
    }
}
