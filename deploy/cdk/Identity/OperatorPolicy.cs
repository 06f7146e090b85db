using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;

namespace MacroCausal.Cdk.Identity;

/// <summary>
/// What a person needs to run <c>macrocausal submit</c>, <c>watch</c> and <c>models --aws</c>, and to look at failed messages and send them
/// back: a policy to attach to whom it
/// may concern.
/// </summary>
internal static class OperatorPolicy
{
    public static ManagedPolicy Create(Construct scope, DurableData data, MessageBus bus, DeploymentSettings settings) =>
        new(scope, "Operators", new ManagedPolicyProps
        {
            ManagedPolicyName = "macrocausal-operators",
            Description = "Submit and watch MacroCausal studies, list models, look at failed messages and send them back",
            Statements =
        [
            PolicyStatements.Allow(["sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SendMessage"],
                bus.Queues.Select(queue => queue.Main.QueueArn)),
            PolicyStatements.Allow(
                [
                    "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage",
                    "sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:CancelMessageMoveTask",
                ],
                bus.Queues.SelectMany(queue => new[] { queue.Error.QueueArn, queue.Skipped.QueueArn })),
            .. WatchPermissions.Of(bus),
            .. new DataPermissions(data, settings).Reader(),
        ],
        });
}
