using System.Text.Json.Nodes;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>
/// The policy that lets SNS put the messages of a queue's topics into it: one statement, with the list of the topics' ARNs. Statements of
/// others are kept.
/// </summary>
internal static class QueuePolicy
{
    private const string Service = "sns.amazonaws.com";
    private const string Action = "sqs:SendMessage";

    /// <summary>The policy that allows <paramref name="topicArns"/> too, or null where <paramref name="policy"/> already does.</summary>
    public static string? Allow(string? policy, string queueArn, IReadOnlyCollection<string> topicArns)
    {
        var root = string.IsNullOrEmpty(policy) ? Empty() : JsonNode.Parse(policy)!.AsObject();
        var statements = AsArray(root, "Statement");
        var ours = statements.OfType<JsonObject>().FirstOrDefault(statement => IsOurs(statement, queueArn));
        var allowed = ours is null ? [] : ToValues(ours["Condition"]!["ArnLike"]!["aws:SourceArn"]).ToList();
        var missing = topicArns.Where(arn => !Covers(allowed, arn)).ToList();
        if (missing.Count == 0) return null;

        if (ours is not null)
        {
            statements.Remove(ours);
        }

        statements.Add(Statement(queueArn, [.. allowed, .. missing]));
        return root.ToJsonString();
    }

    private static JsonObject Empty() => new() { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray() };

    private static JsonObject Statement(string queueArn, IReadOnlyList<string> topicArns) => new()
    {
        ["Effect"] = "Allow",
        ["Principal"] = new JsonObject { ["Service"] = Service },
        ["Action"] = Action,
        ["Resource"] = queueArn,
        ["Condition"] = new JsonObject
        {
            ["ArnLike"] = new JsonObject { ["aws:SourceArn"] = new JsonArray([.. topicArns.Select(arn => (JsonNode)arn)]) },
        },
    };

    /// <summary>The SDK of other services may have written one value where we write a list, and the other way round.</summary>
    private static bool IsOurs(JsonObject statement, string queueArn) =>
        (string?)statement["Effect"] == "Allow"
        && ToValues((statement["Principal"] as JsonObject)?["Service"]).Contains(Service)
        && ToValues(statement["Action"]).SequenceEqual([Action], StringComparer.OrdinalIgnoreCase)
        && ToValues(statement["Resource"]).SequenceEqual([queueArn])
        && statement["Condition"] is JsonObject { Count: 1 } condition
        && condition["ArnLike"] is JsonObject { Count: 1 } arnLike
        && arnLike.ContainsKey("aws:SourceArn");

    private static bool Covers(IEnumerable<string> allowed, string arn) =>
        allowed.Any(pattern => pattern == arn || pattern == string.Concat(arn.AsSpan(0, arn.LastIndexOf(':') + 1), "*"));

    private static JsonArray AsArray(JsonObject owner, string name)
    {
        if (owner[name] is JsonArray array) return array;
        var single = owner[name];
        owner[name] = null;
        return (JsonArray)(owner[name] = single is null ? new JsonArray() : new JsonArray(single));
    }

    private static IEnumerable<string> ToValues(JsonNode? node) => node switch
    {
        JsonArray array => array.Select(item => (string)item!),
        null => [],
        _ => [(string)node!],
    };
}
