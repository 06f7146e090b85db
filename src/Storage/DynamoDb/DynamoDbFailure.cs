using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using MacroCausal.Storage.Aws;

namespace MacroCausal.Storage.DynamoDb;

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
        AmazonDynamoDBException { ErrorCode: "ValidationException" } when failure.Message.Contains("index", StringComparison.OrdinalIgnoreCase) =>
            $"it lacks an index or is another's ({failure.Message.TrimEnd('.')}); create it as docs/decisions/0006-one-table-for-studies.md and README.md say",
        _ => AwsFailure.Reason(failure, client.Config, $"dynamodb:{action} on the table '{table}' and its indexes"),
    };
}
