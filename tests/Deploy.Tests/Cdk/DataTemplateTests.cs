using System.Text.Json.Nodes;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>
/// The tables are those that the services' own code makes for tests, and nothing that holds data is open, unencrypted or deleted by
/// mistake.
/// </summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class DataTemplateTests(SynthesizedDeployments deployments)
{
    private IReadOnlyList<Resource> Tables => deployments.Eks.Of("AWS::DynamoDB::Table");

    private IReadOnlyList<Resource> Buckets => deployments.Eks.Of("AWS::S3::Bucket");

    [Fact]
    public async Task The_tables_have_the_keys_and_indexes_that_the_stores_work_with()
    {
        var aws = await AwsEmulator.Shared;
        using var client =
            new AmazonDynamoDBClient(new BasicAWSCredentials(AwsEmulator.Key, AwsEmulator.Key),
                new AmazonDynamoDBConfig { ServiceURL = aws.DynamoDb.ToString() });
        var names = new AwsStorageOptions { StudyTable = "macrocausal-studies", ModelRegistryTable = "macrocausal-models" };
        await DynamoDbTables.CreateAsync(client, names);

        Tables.Count.ShouldBe(2);
        foreach (var table in Tables)
        {
            var made = (await client.DescribeTableAsync(table.Text("TableName"))).Table;
            Keys(table.Properties["KeySchema"]).ShouldBe(Keys(made.KeySchema));
            Attributes(table.Properties["AttributeDefinitions"])
                .ShouldBe(made.AttributeDefinitions.Select(attribute => $"{attribute.AttributeName} {attribute.AttributeType}"),
                    ignoreOrder: true);
            Indexes(table.Properties["GlobalSecondaryIndexes"]).ShouldBe(
                made.GlobalSecondaryIndexes.Select(index =>
                    $"{index.IndexName}: {Keys(index.KeySchema)}, {index.Projection.ProjectionType}"), ignoreOrder: true);
        }
    }

    [Fact]
    public void Tables_are_paid_by_use_encrypted_restorable_and_stay_when_their_stack_goes() => Tables.ShouldAllBe(table =>
        table.Text("BillingMode") == "PAY_PER_REQUEST"
        && (bool)table.Properties["SSESpecification"]!["SSEEnabled"]!
        && ((string)table.Properties["SSESpecification"]!["KMSMasterKeyId"]!).StartsWith("arn:aws:kms:")
        && (bool)table.Properties["PointInTimeRecoverySpecification"]!["PointInTimeRecoveryEnabled"]!
        && (bool)table.Properties["DeletionProtectionEnabled"]!
        && table.DeletionPolicy == "Retain");

    [Fact]
    public void Only_the_registry_forgets_what_has_a_time_to_live()
    {
        var forgets = Tables.Where(table => table.Properties["TimeToLiveSpecification"] is not null).ShouldHaveSingleItem();

        forgets.Text("TableName").ShouldBe("macrocausal-models");
        ((string)forgets.Properties["TimeToLiveSpecification"]!["AttributeName"]!).ShouldBe("ttl");
    }

    [Fact]
    public void Buckets_are_encrypted_closed_to_the_public_and_stay_when_their_stack_goes()
    {
        Buckets.Count.ShouldBe(2);
        foreach (var bucket in Buckets)
        {
            var encryption = bucket.Properties["BucketEncryption"]!["ServerSideEncryptionConfiguration"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)encryption["ServerSideEncryptionByDefault"]!["SSEAlgorithm"]!).ShouldBe("aws:kms");
            ((bool)encryption["BucketKeyEnabled"]!).ShouldBeTrue();
            bucket.Properties["PublicAccessBlockConfiguration"]!.AsObject().Count(setting => (bool)setting.Value!).ShouldBe(4);
            bucket.DeletionPolicy.ShouldBe("Retain");
        }
    }

    [Fact]
    public void Buckets_refuse_what_comes_without_TLS()
    {
        foreach (var bucket in Buckets)
        {
            var policy = deployments.Eks.Of("AWS::S3::BucketPolicy").Single(policy => policy.Text("Bucket") == bucket.Id);
            var refusal = policy.Properties["PolicyDocument"]!["Statement"]!.AsArray()
                .Single(statement => (string?)statement!["Condition"]?["Bool"]?["aws:SecureTransport"] == "false")!;
            ((string)refusal["Effect"]!).ShouldBe("Deny");
            Permissions.Texts(refusal["Resource"]).ShouldBe([$"arn:aws:s3:::{bucket.Id}", $"arn:aws:s3:::{bucket.Id}/*"]);
        }
    }

    [Fact]
    public void Splits_and_checkpoints_expire_and_models_do_not()
    {
        var expiring = Buckets.SelectMany(bucket => bucket.Properties["LifecycleConfiguration"]!["Rules"]!.AsArray())
            .Where(rule => rule!["ExpirationInDays"] is not null);

        var rule = expiring.ShouldHaveSingleItem()!;
        ((string)rule["Prefix"]!).ShouldBe("runs/");
        ((int)rule["ExpirationInDays"]!).ShouldBe(30);
    }

    [Fact]
    public void The_key_turns_and_stays() =>
        deployments.Eks.Of("AWS::KMS::Key").ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            key => ((bool)key.Properties["EnableKeyRotation"]!).ShouldBeTrue(),
            key => key.DeletionPolicy.ShouldBe("Retain"));

    [Fact]
    public void Logs_are_encrypted_and_end() => deployments.Eks.Of("AWS::Logs::LogGroup")
        .ShouldAllBe(group => group.Text("KmsKeyId").StartsWith("arn:aws:kms:") && (int)group.Properties["RetentionInDays"]! == 30);

    private static string Keys(IEnumerable<KeySchemaElement> keys) =>
        string.Join(", ", keys.Select(key => $"{key.AttributeName} {key.KeyType}"));

    private static string Keys(JsonNode? keys) =>
        string.Join(", ", keys!.AsArray().Select(key => $"{key!["AttributeName"]} {key["KeyType"]}"));

    private static IEnumerable<string> Attributes(JsonNode? attributes) =>
        attributes!.AsArray().Select(attribute => $"{attribute!["AttributeName"]} {attribute["AttributeType"]}");

    private static IEnumerable<string> Indexes(JsonNode? indexes) =>
        indexes!.AsArray().Select(index => $"{index!["IndexName"]}: {Keys(index["KeySchema"])}, {index["Projection"]!["ProjectionType"]}");
}
