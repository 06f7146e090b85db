using System.Text.Json.Nodes;
using Amazon.CDK;
using Amazon.CDK.AWS.StepFunctions;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;

namespace MacroCausal.Cdk.Pipeline;

/// <summary>
/// The state machine <c>macrocausal-train</c>: sends StartTraining, waits for the study's end, and cancels a study that takes too long. A
/// pipeline starts it with <c>states:startExecution.sync:2</c>, or copies its states from <c>train.asl.json</c>. Why it reads the study's
/// record: docs/decisions/0008.
/// </summary>
internal sealed class TrainingWorkflow : Construct
{
    /// <summary>Step Functions ends an execution at 25,000 events of history; reading the study once a minute writes eleven.</summary>
    public const int MaxHours = 36;

    public TrainingWorkflow(Construct scope, DurableData data, MessageBus bus, DeploymentSettings settings)
        : base(scope, "Workflow")
    {
        var queue = bus.Queue(QueueNames.StartTraining).Main;
        var study = bus.Queue(QueueNames.Study).Main;
        var machine = new StateMachine(this, "Train", new StateMachineProps
        {
            StateMachineName = "macrocausal-train",
            DefinitionBody = DefinitionBody.FromString(Definition(settings.WorkflowHours)),
            DefinitionSubstitutions = new Dictionary<string, string>
            {
                ["AWS::Partition"] = Aws.PARTITION,
                ["QueueUrl"] = queue.QueueUrl,
                ["StudyQueueUrl"] = study.QueueUrl,
                ["StudyTable"] = data.Studies.TableName,
            },
        });
        machine.AddToRolePolicy(PolicyStatements.Allow(["sqs:SendMessage"], [queue.QueueArn, study.QueueArn]));
        foreach (var statement in new DataPermissions(data, settings).StudyReader())
        {
            machine.AddToRolePolicy(statement);
        }
        _ = new CfnOutput(this, "Arn", new CfnOutputProps { Value = machine.StateMachineArn });
    }

    private static string Definition(int hours)
    {
        if (hours > MaxHours)
        {
            throw new ArgumentException($"workflowHours is {hours}; a history of Step Functions holds {MaxHours} hours of a study.",
                nameof(hours));
        }

        using var file = typeof(TrainingWorkflow).Assembly.GetManifestResourceStream("train.asl.json")!;
        var definition = JsonNode.Parse(file)!;
        // A round takes a minute and what its calls take. The timeout is the net below: Step Functions runs no state after it.
        var tooLong = definition["States"]!["IsFinished"]!["Choices"]!.AsArray()
            .Single(choice => (string?)choice!["Next"] == "SendCancelTraining")!;
        tooLong["NumericGreaterThanEquals"] = 60 * hours;
        definition["TimeoutSeconds"] = (int)(1.1 * TimeSpan.FromHours(hours).TotalSeconds);
        return definition.ToJsonString();
    }
}
