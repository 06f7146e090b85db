using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.SNS;

namespace MacroCausal.Cdk.Bus;

/// <summary>A topic that is encrypted and takes nothing without TLS.</summary>
internal static class EncryptedTopic
{
    public static Topic Create(Construct scope, string id, string name, IKey key)
    {
        var topic = new Topic(scope, id, new TopicProps { TopicName = name, MasterKey = key });

        // EnforceSSL of this version of the CDK writes nothing for a topic that has no other policy.
        topic.AddToResourcePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Sid = "TlsOnly",
            Effect = Effect.DENY,
            Principals = [new AnyPrincipal()],
            Actions = ["sns:Publish"],
            Resources = [topic.TopicArn],
            Conditions = new Dictionary<string, object> { ["Bool"] = new Dictionary<string, object> { ["aws:SecureTransport"] = "false" } },
        }));
        return topic;
    }
}
