using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;

namespace MacroCausal.Cdk.Data;

/// <summary>The one key that buckets, tables, topics and logs are encrypted with.</summary>
internal static class DataKey
{
    public static Key Create(Stack stack)
    {
        var key = new Key(stack, "Key", new KeyProps
        {
            Alias = "alias/macrocausal",
            Description = "MacroCausal: buckets, tables, topics and logs",
            EnableKeyRotation = true,
            RemovalPolicy = RemovalPolicy.RETAIN,
        });
        key.AddToResourcePolicy(Logs(stack));
        key.AddToResourcePolicy(Alarms(stack));
        return key;
    }

    private static PolicyStatement Logs(Stack stack) => new(new PolicyStatementProps
    {
        Sid = "LogGroupsOfMacroCausal",
        Principals = [new ServicePrincipal($"logs.{stack.Region}.amazonaws.com")],
        Actions =
        [
            "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey",
        ],
        Resources = ["*"],
        Conditions = new Dictionary<string, object>
        {
            ["ArnLike"] = new Dictionary<string, object> { ["kms:EncryptionContext:aws:logs:arn"] = stack.FormatArn(LogGroups()) },
        },
    });

    private static PolicyStatement Alarms(Stack stack) => new(new PolicyStatementProps
    {
        Sid = "AlarmsToTheirTopic",
        Principals = [new ServicePrincipal("cloudwatch.amazonaws.com")],
        Actions = ["kms:Decrypt", "kms:GenerateDataKey"],
        Resources = ["*"],
        Conditions = new Dictionary<string, object>
        {
            ["StringEquals"] = new Dictionary<string, object> { ["aws:SourceAccount"] = stack.Account },
        },
    });

    private static ArnComponents LogGroups() =>
        new() { Service = "logs", Resource = "log-group", ResourceName = "/macrocausal/*", ArnFormat = ArnFormat.COLON_RESOURCE_NAME };
}
