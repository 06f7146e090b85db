namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>That an action is allowed on a resource, named by the last part of its ARN.</summary>
public sealed record Allowed(string Action, string On);
