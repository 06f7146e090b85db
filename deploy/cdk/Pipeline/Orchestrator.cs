using System.Text.Json.Nodes;
using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.StepFunctions;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Compute;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Watch;

namespace MacroCausal.Cdk.Pipeline;

/// <summary>
/// A pipeline's stage as a task of ECS that runs one study to its end and answers by its exit code, and the state machine
/// <c>macrocausal-orchestrate</c> that runs it (<c>ecs:runTask.sync</c>). The services may run anywhere.
/// </summary>
internal sealed class Orchestrator : Construct
{
    /// <summary>Name of the task, of its container and of its image.</summary>
    private const string Name = "orchestrator";

    private static readonly ServiceSize Size = new(256, 512);

    // Time to send CancelTraining, also where the study is not on record yet.
    private static readonly Duration StopTimeout = Duration.Seconds(60);

    private readonly FargateCluster _fargate;

    public Orchestrator(
        Stack stack, FargateCluster fargate, ServiceTasks tasks, ServiceLogs logs, DurableData data, MessageBus bus,
        DeploymentSettings settings)
        : base(stack, "Orchestrator")
    {
        _fargate = fargate;
        var dataPermissions = new DataPermissions(data, settings);
        var role = new Role(this, "Role", new RoleProps { RoleName = "macrocausal-" + Name, AssumedBy = Trust.Tasks(stack) });
        foreach (var statement in Permissions(bus, dataPermissions))
        {
            role.AddToPolicy(statement);
        }

        var task = tasks.Create(new TaskPlan
        {
            Name = Name,
            Size = Size,
            Role = role,
            Logs = logs.Create(Name),
            Environment = new(tasks.Environment) { ["CANCEL_ON_STOP"] = settings.CancelOnStop ? "true" : "false" },
            StopTimeout = StopTimeout,
        });
        var study = bus.Queue(QueueNames.Study).Main;
        var machine = new StateMachine(this, "Orchestrate", new StateMachineProps
        {
            StateMachineName = "macrocausal-orchestrate",
            DefinitionBody = DefinitionBody.FromString(Definition(settings.WorkflowHours)),
            DefinitionSubstitutions = Substitutions(task, study.QueueUrl, data),
        });
        machine.AddToRolePolicy(PolicyStatements.Allow(["sqs:SendMessage"], [study.QueueArn]));
        foreach (var statement in RunTask(stack, task).Concat(dataPermissions.StudyReader()))
        {
            machine.AddToRolePolicy(statement);
        }

        _ = new CfnOutput(this, "Arn", new CfnOutputProps { Value = machine.StateMachineArn });
        _ = new CfnOutput(this, "TaskDefinition", new CfnOutputProps { Value = task.TaskDefinitionArn });
    }

    private static IEnumerable<PolicyStatement> Permissions(MessageBus bus, DataPermissions data) =>
    [
        PolicyStatements.Allow(
            ["sqs:GetQueueUrl", "sqs:SendMessage"],
            new[] { QueueNames.StartTraining, QueueNames.Study }.Select(queue => bus.Queue(queue).Main.QueueArn)),
        .. WatchPermissions.Of(bus),
        .. data.StudyReader(),
    ];

    // What runTask.sync needs: the task, its two roles, and the rule by which Step Functions hears of the task's end.
    private static IEnumerable<PolicyStatement> RunTask(Stack stack, FargateTaskDefinition task)
    {
        var family = stack.FormatArn(new ArnComponents { Service = "ecs", Resource = "task-definition", ResourceName = task.Family });
        yield return PolicyStatements.Allow(["ecs:RunTask"], [family, family + ":*"]);
        yield return PolicyStatements.Allow(
            ["ecs:StopTask", "ecs:DescribeTasks"],
            [stack.FormatArn(new ArnComponents { Service = "ecs", Resource = "task", ResourceName = "macrocausal/*" })]);
        yield return PolicyStatements.Allow(
            ["iam:PassRole"],
            [task.TaskRole.RoleArn, task.ObtainExecutionRole().RoleArn],
            new() { ["StringEquals"] = new Dictionary<string, object> { ["iam:PassedToService"] = "ecs-tasks.amazonaws.com" } });
        yield return PolicyStatements.Allow(
            ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            [
                stack.FormatArn(new ArnComponents
                {
                    Service = "events",
                    Resource = "rule",
                    ResourceName = "StepFunctionsGetEventsForECSTaskRule",
                }),
            ]);
    }

    private Dictionary<string, string> Substitutions(FargateTaskDefinition task, string studyQueueUrl, DurableData data)
    {
        var substitutions = new Dictionary<string, string>
        {
            ["AWS::Partition"] = Aws.PARTITION,
            ["Cluster"] = _fargate.Cluster.ClusterArn,
            ["TaskDefinition"] = task.TaskDefinitionArn,
            ["SecurityGroup"] = _fargate.Network.Https.SecurityGroupId,
            ["StudyQueueUrl"] = studyQueueUrl,
            ["StudyTable"] = data.Studies.TableName,
        };
        foreach (var (subnet, number) in _fargate.Network.Vpc.PrivateSubnets.Select((subnet, number) => (subnet, number)))
        {
            substitutions[SubnetName(number)] = subnet.SubnetId;
        }

        return substitutions;
    }

    private string Definition(int hours)
    {
        using var file = typeof(Orchestrator).Assembly.GetManifestResourceStream("orchestrate.asl.json")!;
        var definition = JsonNode.Parse(file)!;
        var run = definition["States"]!["Orchestrate"]!;
        run["TimeoutSeconds"] = (int)TimeSpan.FromHours(hours).TotalSeconds;
        var subnets = _fargate.Network.Vpc.PrivateSubnets.Select((_, number) => (JsonNode)$"${{{SubnetName(number)}}}");
        run["Parameters"]!["NetworkConfiguration"]!["AwsvpcConfiguration"]!["Subnets"] = new JsonArray([.. subnets]);
        return definition.ToJsonString();
    }

    private static string SubnetName(int number) => $"Subnet{number}";
}
