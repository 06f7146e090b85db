using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>A table: conditional writes, consistent reads, listings over all pages, and failures as sentences.</summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
/// <param name="name">The table's name.</param>
/// <param name="setting">The setting that names it, for the remedy.</param>
internal sealed class DynamoDbTable(IAmazonDynamoDB client, string name, string setting)
{
    /// <summary>Who wrote an item last: a token of that very call.</summary>
    private const string WrittenBy = "written_by";

    /// <summary>Puts an item under a condition. False where the condition does not hold.</summary>
    public async Task<bool> TryPutAsync(
        Dictionary<string, AttributeValue> item,
        string? condition,
        Dictionary<string, AttributeValue>? values,
        CancellationToken cancellationToken)
    {
        var call = Guid.NewGuid().ToString("N");
        item.Add(WrittenBy, Attributes.Of(call));
        var request = new PutItemRequest
        {
            TableName = name,
            Item = item,
            ConditionExpression = condition,
            ExpressionAttributeValues = values,
            ReturnValuesOnConditionCheckFailure = condition is null ? null : ReturnValuesOnConditionCheckFailure.ALL_OLD,
        };
        try
        {
            await CallAsync("PutItem", token => client.PutItemAsync(request, token), cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException exception)
        {
            // Where the answer to our first try got lost, the SDK tried again and ran into what we had written ourselves.
            return exception.Item?.FindText(WrittenBy) == call;
        }
    }

    /// <summary>Changes an item under a condition. False where the condition does not hold.</summary>
    public async Task<bool> TryUpdateAsync(UpdateItemRequest request, CancellationToken cancellationToken)
    {
        request.TableName = name;
        try
        {
            await CallAsync("UpdateItem", token => client.UpdateItemAsync(request, token), cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            return false;
        }
    }

    /// <summary>Deletes an item under a condition. False where the condition does not hold.</summary>
    public async Task<bool> TryDeleteAsync(
        Dictionary<string, AttributeValue> key, string? condition, Dictionary<string, AttributeValue>? values,
        CancellationToken cancellationToken)
    {
        var request = new DeleteItemRequest
        {
            TableName = name,
            Key = key,
            ConditionExpression = condition,
            ExpressionAttributeValues = values,
        };
        try
        {
            await CallAsync("DeleteItem", token => client.DeleteItemAsync(request, token), cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            return false;
        }
    }

    /// <summary>The item of that key as it is now, or null.</summary>
    public async Task<Dictionary<string, AttributeValue>?> FindAsync(
        Dictionary<string, AttributeValue> key, CancellationToken cancellationToken)
    {
        var request = new GetItemRequest { TableName = name, Key = key, ConsistentRead = true };
        var response = await CallAsync("GetItem", token => client.GetItemAsync(request, token), cancellationToken);
        return response.IsItemSet ? response.Item : null;
    }

    /// <summary>The items that a query finds, page by page.</summary>
    public async IAsyncEnumerable<Dictionary<string, AttributeValue>> QueryAsync(
        QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request.TableName = name;
        QueryResponse page;
        do
        {
            page = await CallAsync("Query", token => client.QueryAsync(request, token), cancellationToken);
            foreach (var item in page.Items ?? [])
            {
                yield return item;
            }

            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (page.LastEvaluatedKey is { Count: > 0 });
    }

    /// <summary>All items, page by page.</summary>
    public async IAsyncEnumerable<Dictionary<string, AttributeValue>> ScanAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ScanRequest { TableName = name, ConsistentRead = true };
        ScanResponse page;
        do
        {
            page = await CallAsync("Scan", token => client.ScanAsync(request, token), cancellationToken);
            foreach (var item in page.Items ?? [])
            {
                yield return item;
            }

            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (page.LastEvaluatedKey is { Count: > 0 });
    }

    private async Task<TResponse> CallAsync<TResponse>(
        string action, Func<CancellationToken, Task<TResponse>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call(cancellationToken);
        }
        catch (Exception exception)
            when (exception is not ConditionalCheckFailedException && AwsFailure.IsExplained(exception, cancellationToken))
        {
            throw DynamoDbFailure.Explain(client, name, setting, action, exception);
        }
    }
}

/// <summary>Turns what DynamoDB says into one sentence that names the table and the remedy.</summary>
internal static class DynamoDbFailure
{
    public static StoreException Explain(IAmazonDynamoDB client, string table, string setting, string action, Exception exception) =>
        new($"The DynamoDB table '{table}' could not be used: {Reason(client, table, setting, action, exception)}.", exception)
        {
            Cause = IsMissing(exception) || exception is AmazonDynamoDBException { ErrorCode: "ValidationException" }
                ? FailureCause.Content
                : AwsFailure.Cause(exception),
        };

    private static bool IsMissing(Exception exception) =>
        exception is ResourceNotFoundException or { Message: "Cannot do operations on a non-existent table" };

    private static string Reason(
        IAmazonDynamoDB client, string table, string setting, string action, Exception exception) => exception switch
        {
            _ when IsMissing(exception) =>
                $"it does not exist at {AwsFailure.Place(client.Config)}; create it, or correct {setting} and AWS_REGION",
            AmazonDynamoDBException { ErrorCode: "ValidationException" }
                when exception.Message.Contains("Item size", StringComparison.Ordinal) =>
                "a record is larger than the 400 KB that DynamoDB holds; make its texts shorter",
            AmazonDynamoDBException { ErrorCode: "ValidationException" } =>
                $"it is not made for these records ({exception.Message.TrimEnd('.')}); "
                + $"create it with the keys and indexes of docs/decisions/0006-tables-in-dynamodb.md, or correct {setting}",
            _ => AwsFailure.Reason(exception, client.Config, $"dynamodb:{action} on the table '{table}' and its indexes"),
        };
}
