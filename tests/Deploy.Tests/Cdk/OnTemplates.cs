namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>The tests that share the synthesized templates.</summary>
[CollectionDefinition(Name)]
public sealed class OnTemplates : ICollectionFixture<SynthesizedDeployments>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "templates";
}
