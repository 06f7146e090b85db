using Amazon.CDK;

namespace MacroCausal.Cdk;

/// <summary>Templates without assets need no bootstrapped account: plain CloudFormation can deploy them.</summary>
internal static class Plain
{
    public static IStackSynthesizer Synthesizer() => new DefaultStackSynthesizer(new DefaultStackSynthesizerProps { GenerateBootstrapVersionRule = false });
}
