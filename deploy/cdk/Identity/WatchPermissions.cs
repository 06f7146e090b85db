using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Identity;

/// <summary>
/// What <c>watch</c> and <c>orchestrate</c> need to follow a study: a queue of their own, subscribed to its events and deleted with its
/// subscriptions at the end.
/// </summary>
internal static class WatchPermissions
{
    /// <summary>How the queue's name begins, which the code of <c>watch</c> gives it.</summary>
    public const string Queue = "study-watch";

    /// <summary>The events that are followed.</summary>
    public static IReadOnlyList<string> Topics { get; } =
    [
        TopicNames.Of<DataPrepared>(), TopicNames.Of<TrialEpochCompleted>(), TopicNames.Of<TrialFailed>(), TopicNames.Of<FoldEnded>(),
        TopicNames.Of<TrainingCompleted>(), TopicNames.Of<TrainingFailed>(),
    ];

    public static IEnumerable<PolicyStatement> Of(MessageBus bus)
    {
        var queues = Stack.Of(bus).FormatArn(new ArnComponents { Service = "sqs", Resource = Queue + "*" });
        var topics = Topics.Select(topic => bus.Topic(topic).TopicArn).ToList();
        yield return PolicyStatements.Allow(
            [
                "sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SetQueueAttributes", "sqs:ReceiveMessage",
                "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:DeleteQueue",
            ],
            [queues]);
        yield return PolicyStatements.Allow(["sns:CreateTopic"], topics);

        // SNS knows no resource for it; who unsubscribes must know the subscription's ARN, which nothing here may list.
        yield return PolicyStatements.Allow(["sns:Unsubscribe"], ["*"]);
        yield return PolicyStatements.Allow(["sns:Subscribe"], topics, new()
        {
            ["StringEquals"] = new Dictionary<string, object> { ["sns:Protocol"] = "sqs" },
            ["StringLike"] = new Dictionary<string, object> { ["sns:Endpoint"] = queues },
        });
    }
}
