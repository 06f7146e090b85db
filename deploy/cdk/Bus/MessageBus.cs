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
        foreach (var queues in _queues.Values) queues.Subscribe([.. queues.Plan.Topics.Select(Topic)]);
    }

    public IReadOnlyCollection<EndpointQueues> Queues => _queues.Values;

    public Topic Topic(string name) => _topics[name];

    public EndpointQueues Queue(string name) => _queues[name];
}
