using Amazon.CDK.AWS.IAM;

namespace MacroCausal.Cdk.Identity;

/// <summary>A statement that allows actions on resources.</summary>
internal static class Allow
{
    public static PolicyStatement To(string[] actions, IEnumerable<string> resources, Dictionary<string, object>? conditions = null) =>
        new(new PolicyStatementProps { Actions = actions, Resources = [.. resources], Conditions = conditions });
}
