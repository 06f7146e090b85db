using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SQS;

namespace MacroCausal.Cdk.Bus;

/// <summary>
/// A queue with its error and its skipped queue. The services move what fails to the error queue themselves; a message whose consumer's
/// process dies again and again gets there by
/// SQS's redrive. One place to look, and SQS can move messages back from it.
/// </summary>
internal sealed class EndpointQueues : Construct
{
    /// <summary>
    /// How often a message may be received. Each runner that is lost or scaled in costs its segment one receive, and so does each stop that
    /// gives it back, so several are
    /// ordinary on spot capacity; a message that kills its process should not do so for days. Ten interruptions of one segment of minutes
    /// are not bad luck any more.
    /// </summary>
    public const int MaxReceives = 10;

    /// <summary>What SQS does by itself, and the transport renews: what a dead process held is back after half a minute.</summary>
    private static readonly Duration Visibility = Duration.Seconds(30);
    private static readonly Duration MaxRetention = Duration.Days(14);

    public EndpointQueues(Construct scope, QueuePlan plan)
        : base(scope, plan.Name)
    {
        Plan = plan;
        Error = Make("Error", plan.Error, null);
        Skipped = Make("Skipped", plan.Skipped, null);
        Main = Make("Queue", plan.Name, new DeadLetterQueue { Queue = Error, MaxReceiveCount = MaxReceives });
    }

    public QueuePlan Plan { get; }

    public Queue Main { get; }

    public Queue Error { get; }

    public Queue Skipped { get; }

    /// <summary>
    /// Delivers topics into the queue, raw and under the one statement that the transport would write itself, so that it finds nothing to
    /// change.
    /// </summary>
    public void Subscribe(IReadOnlyList<Topic> topics)
    {
        Main.AddToResourcePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Principals = [new ServicePrincipal("sns.amazonaws.com")],
            Actions = ["sqs:SendMessage"],
            Resources = [Main.QueueArn],
            Conditions = new Dictionary<string, object>
            {
                ["ArnLike"] = new Dictionary<string, object> { ["aws:SourceArn"] = topics.Select(topic => topic.TopicArn).ToArray() },
            },
        }));
        foreach (var topic in topics)
        {
            _ = new CfnSubscription(this, "From" + topic.Node.Id, new CfnSubscriptionProps
            {
                TopicArn = topic.TopicArn,
                Protocol = "sqs",
                Endpoint = Main.QueueArn,
                RawMessageDelivery = true,
            });
        }
    }

    private Queue Make(string id, string name, DeadLetterQueue? redrive) => new(this, id, new QueueProps
    {
        QueueName = name,
        Encryption = QueueEncryption.SQS_MANAGED,
        EnforceSSL = true,
        VisibilityTimeout = Visibility,
        RetentionPeriod = MaxRetention,
        DeadLetterQueue = redrive,
    });
}
