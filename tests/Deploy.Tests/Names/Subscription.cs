namespace MacroCausal.Deploy.Tests.Names;

/// <summary>That what is published to a topic is delivered into a queue.</summary>
public sealed record Subscription(string Topic, string Queue);
