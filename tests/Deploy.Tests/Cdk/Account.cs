using System.Text.Json.Nodes;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>
/// An account as the templates would leave it: every resource of both stacks, with references between them resolved to the names and ARNs
/// that AWS gives.
/// </summary>
public sealed class Account
{
    private readonly Dictionary<string, JsonObject> _templates;

    /// <summary>Reads the templates in a folder.</summary>
    public Account(string folder)
    {
        _templates = Directory.EnumerateFiles(folder, "*.template.json").ToDictionary(
            file => Path.GetFileName(file).Split('.')[0],
            file => JsonNode.Parse(File.ReadAllText(file))!.AsObject());
        Resources = [.. _templates.Values.SelectMany(Read)];
    }

    /// <summary>All resources.</summary>
    public IReadOnlyList<Resource> Resources { get; }

    /// <summary>The resources of a type.</summary>
    public IReadOnlyList<Resource> Of(string type) => [.. Resources.Where(resource => resource.Type == type)];

    private IEnumerable<Resource> Read(JsonObject template)
    {
        var references = new References(template, Exported);
        return references.Resources.Select(resource => new Resource(
            resource.Key,
            (string)resource.Value!["Type"]!,
            references.Resolve(resource.Value["Properties"] ?? new JsonObject())!.AsObject(),
            (string?)resource.Value["DeletionPolicy"]));
    }

    private JsonNode? Exported(string name)
    {
        var template = _templates[name.Split(':')[0]];
        var output = template["Outputs"]!.AsObject().Select(output => output.Value!)
            .Single(output => (string?)output["Export"]?["Name"] == name);
        return new References(template, Exported).Resolve(output["Value"]);
    }
}

/// <summary>A resource of a template, its properties as CloudFormation would fill them in.</summary>
/// <param name="Id">Its logical id.</param>
/// <param name="Type">Its type, <c>AWS::SQS::Queue</c>.</param>
/// <param name="Properties">Its properties, with references resolved.</param>
/// <param name="DeletionPolicy">What becomes of it when the stack goes.</param>
public sealed record Resource(string Id, string Type, JsonObject Properties, string? DeletionPolicy)
{
    /// <summary>A property that is a text.</summary>
    public string Text(string property) => (string)Properties[property]!;
}
