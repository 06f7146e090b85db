using System.Text.Json.Nodes;

namespace MacroCausal.Deploy.Tests.Cdk;

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
