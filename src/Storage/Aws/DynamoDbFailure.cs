using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>Turns what DynamoDB says into one sentence that names the table and the remedy.</summary>
internal static class DynamoDbFailure
{
    public static StoreException Explain(IAmazonDynamoDB client, string table, string setting, string action, Exception failure) =>
        new($"The DynamoDB table '{table}' could not be used: {Reason(client, table, setting, action, failure)}.", failure);

    private static string Reason(IAmazonDynamoDB client, string table, string setting, string action, Exception failure) => failure switch
    {
        ResourceNotFoundException or { Message: "Cannot do operations on a non-existent table" } =>
            $"it does not exist at {AwsFailure.Place(client.Config)}; create it, or correct {setting} and AWS_REGION",
        AmazonDynamoDBException { ErrorCode: "ValidationException" } when failure.Message.Contains("Item size", StringComparison.Ordinal) =>
            "a record is larger than the 400 KB that DynamoDB holds; make its texts shorter",
        AmazonDynamoDBException { ErrorCode: "ValidationException" } =>
            $"it is not made for these records ({failure.Message.TrimEnd('.')}); create it with the keys and indexes of docs/decisions/0006-tables-in-dynamodb.md, or correct {setting}",
        _ => AwsFailure.Reason(failure, client.Config, $"dynamodb:{action} on the table '{table}' and its indexes"),
    };
}
