using System.Text.Json.Nodes;
using MacroCausal.Deploy.Tests.Names;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>The template's queues, topics and subscriptions are those that the services' buses need, no fewer and no more.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class BusTemplateTests(SynthesizedDeployments deployments)
{
    private IReadOnlyList<Resource> Queues => deployments.Eks.Of("AWS::SQS::Queue");

    [Fact]
    public void The_queues_are_those_of_the_services() =>
        Queues.Select(queue => queue.Text("QueueName")).ShouldBe(BusNames.AllQueues, ignoreOrder: true);

    [Fact]
    public void The_topics_are_those_of_the_services_and_the_one_of_the_alarms() =>
        deployments.Eks.Of("AWS::SNS::Topic").Select(topic => topic.Text("TopicName"))
            .ShouldBe([.. BusNames.Topics, "macrocausal-alarms"], ignoreOrder: true);

    [Fact]
    public void The_subscriptions_are_those_of_the_services_and_all_raw()
    {
        var subscriptions = deployments.Eks.Of("AWS::SNS::Subscription").Where(subscription => subscription.Text("Protocol") == "sqs")
            .ToList();

        subscriptions.Select(subscription => new Subscription(Last(subscription.Text("TopicArn")), Last(subscription.Text("Endpoint"))))
            .ShouldBe(BusNames.Subscriptions, ignoreOrder: true);
        subscriptions.ShouldAllBe(subscription => (bool)subscription.Properties["RawMessageDelivery"]!);
    }

    [Fact]
    public void A_message_that_ends_its_consumer_ten_times_goes_to_the_error_queue()
    {
        foreach (var queue in BusNames.Queues)
        {
            var redrive = Queues.Single(resource => resource.Text("QueueName") == queue).Properties["RedrivePolicy"]!;
            Last((string)redrive["deadLetterTargetArn"]!).ShouldBe(queue + "_error");
            ((int)redrive["maxReceiveCount"]!).ShouldBe(10);
        }
    }

    [Fact]
    public void Queues_of_failures_lead_nowhere_and_keep_what_they_have_as_long_as_SQS_can()
    {
        var failures = Queues.Where(queue => !BusNames.Queues.Contains(queue.Text("QueueName"))).ToList();

        failures.ShouldAllBe(queue => queue.Properties["RedrivePolicy"] == null);
        failures.ShouldAllBe(queue => (int)queue.Properties["MessageRetentionPeriod"]! == 14 * 24 * 3600);
    }

    [Fact]
    public void Everything_that_a_message_passes_is_encrypted_and_takes_TLS_only()
    {
        Queues.ShouldAllBe(queue => (bool)queue.Properties["SqsManagedSseEnabled"]!);
        deployments.Eks.Of("AWS::SNS::Topic").ShouldAllBe(topic => topic.Text("KmsMasterKeyId").StartsWith("arn:aws:kms:"));
        Protected("AWS::SQS::QueuePolicy").ShouldBe(Queues.Select(queue => Arn("sqs", queue.Text("QueueName"))), ignoreOrder: true);
        Protected("AWS::SNS::TopicPolicy")
            .ShouldBe(deployments.Eks.Of("AWS::SNS::Topic").Select(topic => Arn("sns", topic.Text("TopicName"))), ignoreOrder: true);
    }

    private IEnumerable<string> Protected(string policies) => deployments.Eks.Of(policies)
        .SelectMany(policy => policy.Properties["PolicyDocument"]!["Statement"]!.AsArray())
        .Where(statement =>
            (string)statement!["Effect"]! == "Deny" && (string?)statement["Condition"]?["Bool"]?["aws:SecureTransport"] == "false")
        .SelectMany(statement => Texts(statement!["Resource"]));

    private static string Arn(string service, string name) => $"arn:aws:{service}:{References.Region}:{References.AccountId}:{name}";

    private static string Last(string arn) => arn.Split(':')[^1];

    private static IEnumerable<string> Texts(JsonNode? node) =>
        node is JsonArray items ? items.Select(item => (string)item!) : [(string)node!];
}
