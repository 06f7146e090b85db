using Amazon.CDK;
using Amazon.CDK.AWS.ApplicationAutoScaling;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.ECS;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Watch;

namespace MacroCausal.Cdk.Compute;

/// <summary>
/// The services on ECS Fargate. Tuner, DataPrep and Registry run once each, in either zone; TrialRunners run on spot capacity, as many as
/// there are
/// segments for.
/// </summary>
internal sealed class FargateServices : Construct
{
    private readonly Network _network;
    private readonly Cluster _cluster;
    private readonly ServiceTasks _tasks;

    public FargateServices(Stack stack, DurableData data, MessageBus bus, ServiceRoles roles, ServiceLogs logs, DeploymentSettings settings)
        : base(stack, "Fargate")
    {
        _network = new Network(this, settings);
        _cluster = new Cluster(this, "Cluster", new ClusterProps
        {
            ClusterName = "macrocausal",
            Vpc = _network.Vpc,
            EnableFargateCapacityProviders = true,
        });
        _tasks = new ServiceTasks(this, new Images(stack), data, roles, logs);
        foreach (var service in BusPlan.Services.Where(service => service != BusPlan.TrialRunner))
        {
            Run(service, "FARGATE", 1);
        }
        Scale(Run(BusPlan.TrialRunner, "FARGATE_SPOT", 0), bus.Queue(QueueNames.RunTrial), settings.MaxTrialRunners);
    }

    private FargateService Run(ServicePlan service, string capacity, int count) => new(this, service.Name, new FargateServiceProps
    {
        ServiceName = service.Name,
        Cluster = _cluster,
        TaskDefinition = _tasks.Of(service),
        DesiredCount = count,
        CapacityProviderStrategies = [new CapacityProviderStrategy { CapacityProvider = capacity, Weight = 1 }],
        CircuitBreaker = new DeploymentCircuitBreaker { Rollback = true },
        MinHealthyPercent = 100,
        MaxHealthyPercent = 200,
        SecurityGroups = [_network.Https],
        AssignPublicIp = false,
        EnableExecuteCommand = false,
    });

    /// <summary>
    /// A runner trains as many segments at once as it has cores. Running segments count too, or their runners would be removed.
    /// </summary>
    private static void Scale(FargateService service, EndpointQueues queue, int maxRunners)
    {
        var segments = new MathExpression(new MathExpressionProps
        {
            // SQS says nothing of a queue that nobody has used for six hours.
            Expression = "FILL(waiting, 0) + FILL(held, 0)",
            Label = "segments",
            Period = Duration.Minutes(1),
            UsingMetrics = new Dictionary<string, IMetric>
            {
                ["waiting"] = queue.Main.MetricApproximateNumberOfMessagesVisible(Maximum()),
                ["held"] = queue.Main.MetricApproximateNumberOfMessagesNotVisible(Maximum()),
            },
        });
        var scaling = service.AutoScaleTaskCount(new EnableScalingProps { MinCapacity = 0, MaxCapacity = maxRunners });
        scaling.ScaleOnMetric("Segments", new BasicStepScalingPolicyProps
        {
            Metric = segments,
            AdjustmentType = AdjustmentType.EXACT_CAPACITY,
            Cooldown = Duration.Minutes(2),
            ScalingSteps = [.. Steps(maxRunners)],
        });
    }

    private static MetricOptions Maximum() => new() { Period = Duration.Minutes(1), Statistic = "Maximum" };

    /// <summary>1, 2, 4 ... runners, each step once there are more segments than two for each runner of the step before.</summary>
    private static IEnumerable<IScalingInterval> Steps(int maxRunners)
    {
        yield return new ScalingInterval { Upper = 0, Change = 0 };
        var segments = 1;
        for (var runners = 1; runners < maxRunners; runners *= 2)
        {
            yield return new ScalingInterval { Lower = segments, Upper = (2 * runners) + 1, Change = runners };
            segments = (2 * runners) + 1;
        }

        yield return new ScalingInterval { Lower = segments, Change = maxRunners };
    }
}
