using System.Text.Json.Nodes;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>What roles and policies of an account allow.</summary>
internal static class Permissions
{
    private static readonly string[] Kinds = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];

    /// <summary>Every statement of every policy, with the names of who has it.</summary>
    public static IEnumerable<(string Who, JsonObject Statement)> All(Account account) =>
        from policy in account.Resources
        where Kinds.Contains(policy.Type)
        from statement in policy.Properties["PolicyDocument"]!["Statement"]!.AsArray()
        select (Who: policy.Properties["Roles"] is JsonArray roles ? (string)roles.Single()! : policy.Id, statement.AsObject());

    /// <summary>What a service's role may do in some services of AWS, such as <c>sqs</c>.</summary>
    public static IReadOnlyList<Allowed> Of(Account account, string service, params string[] prefixes) =>
    [
        .. All(account).Where(policy => policy.Who == "macrocausal-" + service).SelectMany(policy => Expand(policy.Statement))
            .Where(permission => prefixes.Contains(permission.Action.Split(':')[0])),
    ];

    /// <summary>Each action with each resource of a statement.</summary>
    public static IEnumerable<Allowed> Expand(JsonObject statement) =>
        from action in Texts(statement["Action"])
        from resource in Texts(statement["Resource"])
        select new Allowed(action, resource.StartsWith("arn:", StringComparison.Ordinal) ? resource.Split(':', 6)[5] : resource);

    public static IEnumerable<string> Texts(JsonNode? node) =>
        node is JsonArray items ? items.Select(item => (string)item!) : [(string)node!];
}

/// <summary>That an action is allowed on a resource, named by the last part of its ARN.</summary>
public sealed record Allowed(string Action, string On);
