using System.Text.Json.Nodes;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>Resolves CloudFormation's references within one template, in the region and account of the emulators.</summary>
internal sealed class References(JsonObject template, Func<string, JsonNode?> exported)
{
    public const string Region = "eu-west-1";
    public const string AccountId = "000000000000";

    /// <summary>The template's resources as they are written.</summary>
    public JsonObject Resources => template[nameof(Resources)]!.AsObject();

    public JsonNode? Resolve(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } call when Call(call) is { } value => value,
        JsonObject properties => new JsonObject(properties.Select(pair => KeyValuePair.Create(pair.Key, Resolve(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Resolve)]),
        _ => node?.DeepClone(),
    };

    private JsonNode? Call(JsonObject call) => call.Single() switch
    {
        ("Ref", { } id) => Reference((string)id!),
        ("Fn::GetAtt", JsonArray attribute) => Attribute((string)attribute[0]!, (string)attribute[1]!),
        ("Fn::ImportValue", { } name) => exported((string)name!),
        ("Fn::Join", JsonArray join) => string.Join((string)join[0]!, join[1]!.AsArray().Select(part => (string)Resolve(part)!)),
        ("Fn::Sub", JsonArray substitution) => Substitute((string)substitution[0]!, substitution[1]!.AsObject()),
        _ => null,
    };

    private JsonNode Reference(string id) => id switch
    {
        "AWS::Region" => Region,
        "AWS::AccountId" => AccountId,
        "AWS::Partition" => "aws",
        _ when Resources[id] is not { } resource => id,
        _ when Type(id) == "AWS::SNS::Topic" => Arn(id),
        _ => Name(id),
    };

    private JsonNode Attribute(string id, string attribute) => attribute switch
    {
        "Arn" => Arn(id),
        "QueueName" or "TopicName" or "Name" => Name(id),
        _ => $"{id}.{attribute}",
    };

    private string Arn(string id) => Type(id) switch
    {
        "AWS::S3::Bucket" => $"arn:aws:s3:::{Name(id)}",
        "AWS::SQS::Queue" => Arn("sqs", Name(id)),
        "AWS::SNS::Topic" => Arn("sns", Name(id)),
        "AWS::DynamoDB::Table" => Arn("dynamodb", "table/" + Name(id)),
        "AWS::KMS::Key" => Arn("kms", "key/" + id),
        "AWS::Logs::LogGroup" => Arn("logs", $"log-group:{Name(id)}:*"),
        "AWS::IAM::Role" => $"arn:aws:iam::{AccountId}:role/{Name(id)}",
        var type => Arn(type.Split("::")[1].ToLowerInvariant(), Name(id)),
    };

    private static string Arn(string service, string resource) => $"arn:aws:{service}:{Region}:{AccountId}:{resource}";

    private string Type(string id) => (string)Resources[id]!["Type"]!;

    private string Name(string id)
    {
        var properties = Resources[id]!["Properties"];
        string[] names = ["QueueName", "TopicName", "TableName", "RoleName", "LogGroupName", "ManagedPolicyName"];
        return names.Select(name => properties?[name]).OfType<JsonValue>().Select(name => (string)name!).FirstOrDefault() ?? id;
    }

    private string Substitute(string text, JsonObject values) =>
        values.Aggregate(text, (result, value) =>
            result.Replace("${" + value.Key + "}", (string)Resolve(value.Value)!, StringComparison.Ordinal));
}
