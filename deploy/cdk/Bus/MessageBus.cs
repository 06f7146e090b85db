using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.SNS;

namespace MacroCausal.Cdk.Bus;

/// <summary>The topics and queues of the services, subscribed to each other.</summary>
internal sealed class MessageBus : Construct
{
    private readonly Dictionary<string, Topic> _topics;
    private readonly Dictionary<string, EndpointQueues> _queues;

    public MessageBus(Construct scope, IKey key)
        : base(scope, "Bus")
    {
        _topics = BusPlan.Topics.ToDictionary(name => name, name => EncryptedTopic.Create(this, name, name, key));
        _queues = BusPlan.Queues.ToDictionary(plan => plan.Name, plan => new EndpointQueues(this, plan));
        foreach (var queues in _queues.Values)
        {
            queues.Subscribe([.. queues.Plan.Topics.Select(Topic)]);
        }
    }

    public IReadOnlyCollection<EndpointQueues> Queues => _queues.Values;

    public Topic Topic(string name) => _topics[name];

    public EndpointQueues Queue(string name) => _queues[name];
}

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
