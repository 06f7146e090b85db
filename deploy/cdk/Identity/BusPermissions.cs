using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Identity;

/// <summary>
/// What a service may do with queues and topics. Nothing that makes or changes them: the transport finds every queue by its name, and its
/// attributes, policy and subscriptions as it
/// would write them. Only SNS has no call that finds a topic by its name, other than CreateTopic and Subscribe, which answer with what is
/// there.
/// </summary>
internal static class BusPermissions
{
    public static IEnumerable<PolicyStatement> Of(ServicePlan service, MessageBus bus)
    {
        var queues = service.Receives.Select(plan => bus.Queue(plan.Name)).ToList();
        var moved = queues.SelectMany(queue => new[] { queue.Error.QueueArn, queue.Skipped.QueueArn });
        var sent = service.Sends.Select(name => bus.Queue(name).Main.QueueArn);
        yield return PolicyStatements.Allow(
            ["sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
            queues.Select(queue => queue.Main.QueueArn));
        yield return PolicyStatements.Allow(["sqs:GetQueueUrl", "sqs:SendMessage"], [.. sent, .. moved]);
        yield return PolicyStatements.Allow(["sns:CreateTopic"], service.Published.Concat(service.Subscribed).Distinct().Select(Arn));
        yield return PolicyStatements.Allow(["sns:Publish"], service.Published.Select(Arn));
        foreach (var queue in queues) yield return PolicyStatements.Allow(["sns:Subscribe"], queue.Plan.Topics.Select(Arn),
            OnlyInto(queue));

        string Arn(string topic) => bus.Topic(topic).TopicArn;
    }

    private static Dictionary<string, object> OnlyInto(EndpointQueues queue) => new()
    {
        ["StringEquals"] = new Dictionary<string, object> { ["sns:Protocol"] = "sqs", ["sns:Endpoint"] = queue.Main.QueueArn },
    };
}
