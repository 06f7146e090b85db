using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>An object of a kind that Kubernetes does not have by itself.</summary>
internal sealed record CustomResource(string Kind, JsonObject Json)
{
    public JsonNode Spec => Json["spec"]!;

    public static CustomResource Parse(string document)
    {
        var graph = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(document);
        var json = JsonSerializer.SerializeToNode(graph)!.AsObject();
        return new CustomResource(json["kind"]!.GetValue<string>(), json);
    }
}
