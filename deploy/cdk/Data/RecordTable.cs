using Amazon.CDK;
using Amazon.CDK.AWS.DynamoDB;
using Amazon.CDK.AWS.KMS;
using Attribute = Amazon.CDK.AWS.DynamoDB.Attribute;

namespace MacroCausal.Cdk.Data;

/// <summary>A table of records: paid by use, encrypted, restorable to any second of 35 days, and not deleted with its stack.</summary>
internal static class RecordTable
{
    public static Table Create(Construct scope, string id, string name, (string Partition, string Sort) keys, IKey key, string? ttl = null) => new(scope, id, new TableProps
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
        table.AddGlobalSecondaryIndex(new GlobalSecondaryIndexProps { IndexName = name, PartitionKey = Text(partition), SortKey = Text(sort), ProjectionType = projection });
        return table;
    }

    private static Attribute Text(string name) => new() { Name = name, Type = AttributeType.STRING };
}
