using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.CloudWatch.Actions;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SNS.Subscriptions;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Watch;

/// <summary>
/// The alarms. All metrics are those of SQS and SNS, which cost nothing: messages in an error or skipped queue, messages that wait too
/// long,
/// studies that failed (a message on the topic TrainingFailed), and segments that nobody reports of.
/// </summary>
internal sealed class Alarms : Construct
{
    private static readonly Duration Period = Duration.Minutes(5);

    // Six periods without one report: the slowest epoch of a segment that anybody should wait for.
    private const int SilentPeriods = 6;
    private readonly SnsAction _notify;

    public Alarms(Construct scope, IKey key, MessageBus bus, DeploymentSettings settings)
        : base(scope, "Alarms")
    {
        var topic = EncryptedTopic.Create(this, "Topic", "macrocausal-alarms", key);
        topic.AddToResourcePolicy(FromAlarms(topic));
        if (settings.AlarmEmail is { } email)
        {
            topic.AddSubscription(new EmailSubscription(email));
        }
        _notify = new SnsAction(topic);
        foreach (var queue in bus.Queues)
        {
            Watch(queue);
        }
        FailedStudies(bus);
        NoProgress(bus);
    }

    private void Watch(EndpointQueues queue)
    {
        var plan = queue.Plan;
        var failed = queue.Error.MetricApproximateNumberOfMessagesVisible(Maximum());
        var unknown = queue.Skipped.MetricApproximateNumberOfMessagesVisible(Maximum());
        var age = queue.Main.MetricApproximateAgeOfOldestMessage(Maximum());
        Add(plan.Error, failed, 0, $"Messages of {plan.Name} failed permanently; see docs/operations.md");
        Add(plan.Skipped, unknown, 0, $"Messages came to {plan.Name} that its consumers do not know");
        Add(plan.Name + "-age", age, plan.MaxAge.TotalSeconds,
            $"Messages in {plan.Name} wait: is its service up, and are there enough of it?");
    }

    private void FailedStudies(MessageBus bus)
    {
        var failed = bus.Topic(TopicNames.Of<TrainingFailed>()).MetricNumberOfMessagesPublished(Sum());
        Add("failed-studies", failed, 0, "A study failed or was refused; the Tuner's log says why");
    }

    private void NoProgress(MessageBus bus)
    {
        var segments = bus.Queue(QueueNames.RunTrial).Main;
        var silent = new MathExpression(new MathExpressionProps
        {
            Expression = "IF(FILL(waiting, 0) + FILL(held, 0) > 0 AND FILL(reports, 0) == 0, 1, 0)",
            Label = "segments without a report",
            Period = Period,
            UsingMetrics = new Dictionary<string, IMetric>
            {
                ["waiting"] = segments.MetricApproximateNumberOfMessagesVisible(Maximum()),
                ["held"] = segments.MetricApproximateNumberOfMessagesNotVisible(Maximum()),
                ["reports"] = bus.Topic(TopicNames.Of<TrialEpochCompleted>()).MetricNumberOfMessagesPublished(Sum()),
            },
        });
        Add("no-progress", silent, 0, "There are segments to train, and no epoch was reported for half an hour", SilentPeriods);
    }

    private void Add(string name, IMetric metric, double threshold, string description, int periods = 1)
    {
        var alarm = new Alarm(this, name, new AlarmProps
        {
            AlarmName = "macrocausal-" + name,
            AlarmDescription = description,
            Metric = metric,
            Threshold = threshold,
            EvaluationPeriods = periods,
            ComparisonOperator = ComparisonOperator.GREATER_THAN_THRESHOLD,
            TreatMissingData = TreatMissingData.NOT_BREACHING,
        });
        alarm.AddAlarmAction(_notify);
    }

    /// <summary>The topic has a policy of its own (TLS only), which replaces the default one that lets alarms in.</summary>
    private static PolicyStatement FromAlarms(Topic topic) => new(new PolicyStatementProps
    {
        Principals = [new ServicePrincipal("cloudwatch.amazonaws.com")],
        Actions = ["sns:Publish"],
        Resources = [topic.TopicArn],
        Conditions = new Dictionary<string, object>
        {
            ["StringEquals"] = new Dictionary<string, object> { ["aws:SourceAccount"] = Stack.Of(topic).Account },
        },
    });

    private static MetricOptions Maximum() => new() { Period = Period, Statistic = "Maximum" };

    private static MetricOptions Sum() => new() { Period = Period, Statistic = "Sum" };
}
