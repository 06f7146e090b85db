using Amazon.CDK;
using Amazon.CDK.AWS.ApplicationAutoScaling;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.ECS;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Compute;

/// <summary>A cluster of ECS Fargate, and where its tasks run.</summary>
internal sealed class FargateCluster : Construct
{
    public FargateCluster(Stack stack, DeploymentSettings settings)
        : base(stack, "Fargate")
    {
        Network = new Network(this, settings);
        Cluster = new Cluster(this, "Cluster", new ClusterProps
        {
            ClusterName = "macrocausal",
            Vpc = Network.Vpc,
            EnableFargateCapacityProviders = true,
        });
    }

    public Network Network { get; }

    public Cluster Cluster { get; }
}

/// <summary>
/// The services on ECS Fargate. Tuner, DataPrep and Registry run once each, in either zone; TrialRunners run on spot capacity, as many as
/// there are
/// segments for.
/// </summary>
internal sealed class FargateServices
{
    private readonly FargateCluster _fargate;
    private readonly ServiceTasks _tasks;

    public FargateServices(FargateCluster fargate, ServiceTasks tasks, MessageBus bus, DeploymentSettings settings)
    {
        (_fargate, _tasks) = (fargate, tasks);
        foreach (var service in BusPlan.Services.Where(service => service != BusPlan.TrialRunner))
        {
            Run(service, "FARGATE", 1);
        }
        Scale(Run(BusPlan.TrialRunner, "FARGATE_SPOT", 0), bus.Queue(QueueNames.RunTrial), settings.MaxTrialRunners);
    }

    private FargateService Run(ServicePlan service, string capacity, int count) => new(_fargate, service.Name, new FargateServiceProps
    {
        ServiceName = service.Name,
        Cluster = _fargate.Cluster,
        TaskDefinition = _tasks.Of(service),
        DesiredCount = count,
        CapacityProviderStrategies = [new CapacityProviderStrategy { CapacityProvider = capacity, Weight = 1 }],
        CircuitBreaker = new DeploymentCircuitBreaker { Rollback = true },
        MinHealthyPercent = 100,
        MaxHealthyPercent = 200,
        SecurityGroups = [_fargate.Network.Https],
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
