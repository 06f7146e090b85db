using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Logs;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Watch;
using HealthCheck = Amazon.CDK.AWS.ECS.HealthCheck;

namespace MacroCausal.Cdk.Compute;

/// <summary>
/// What a task is: its image under a user without rights, nothing writable but <c>/tmp</c>, health on the task's own loopback.
/// </summary>
internal sealed class ServiceTasks(Construct scope, Images images, DurableData data, ServiceRoles roles, ServiceLogs logs)
{
    /// <summary>The user <c>app</c> of .NET's images.</summary>
    private const string User = "1654";
    private const string Temporary = "tmp";

    // The images carry neither curl nor a shell: the service asks the one beside it.
    private static readonly string[] HealthCheckCommand = ["CMD", "/app/service", "--health"];

    /// <summary>What all tasks are told: where they are, and the names of what was made.</summary>
    public Dictionary<string, string> Environment { get; } = new()
    {
        ["AWS_REGION"] = Stack.Of(scope).Region,
        ["GOLD_BUCKET"] = data.Buckets.Gold.BucketName,
        ["ARTIFACTS_BUCKET"] = data.Buckets.Artifacts.BucketName,
        ["MODEL_REGISTRY_TABLE"] = data.Models.TableName,
        ["STUDY_TABLE"] = data.Studies.TableName,
        ["DOTNET_EnableDiagnostics"] = "0",
    };

    public FargateTaskDefinition Of(ServicePlan service) => Create(new TaskPlan
    {
        Name = service.Name,
        Size = ServiceSize.Of(service),
        Role = roles[service],
        Logs = logs[service],
        Environment = new(Environment) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:8080" },
        StopTimeout = Duration.Seconds(30),
        HealthCheck = new HealthCheck
        {
            Command = HealthCheckCommand,
            Interval = Duration.Seconds(15),
            Timeout = Duration.Seconds(5),
            StartPeriod = Duration.Seconds(60),
            Retries = 3,
        },
    });

    /// <summary>A task of one container.</summary>
    public FargateTaskDefinition Create(TaskPlan plan)
    {
        var task = new FargateTaskDefinition(scope, plan.Name + "-task", new FargateTaskDefinitionProps
        {
            Family = "macrocausal-" + plan.Name,
            Cpu = plan.Size.Cpu,
            MemoryLimitMiB = plan.Size.MemoryMiB,
            TaskRole = plan.Role,
            RuntimePlatform =
                new RuntimePlatform { CpuArchitecture = CpuArchitecture.X86_64, OperatingSystemFamily = OperatingSystemFamily.LINUX },
            Volumes = [new Amazon.CDK.AWS.ECS.Volume { Name = Temporary }],
        });
        foreach (var statement in ImagePermissions.Of(plan.Name, Stack.Of(scope)))
        {
            task.AddToExecutionRolePolicy(statement);
        }
        var container = task.AddContainer(plan.Name, new ContainerDefinitionOptions
        {
            Image = images.Of(plan.Name),
            User = User,
            ReadonlyRootFilesystem = true,
            Essential = true,
            StopTimeout = plan.StopTimeout,
            Environment = plan.Environment,
            Logging = LogDriver.AwsLogs(new AwsLogDriverProps { LogGroup = plan.Logs, StreamPrefix = plan.Name }),
            HealthCheck = plan.HealthCheck,
        });
        container.AddMountPoints(new MountPoint { ContainerPath = "/tmp", SourceVolume = Temporary, ReadOnly = false });
        return task;
    }
}

/// <summary>What tasks differ in.</summary>
internal sealed record TaskPlan
{
    /// <summary>Name of the task, of its container and of its image.</summary>
    public required string Name { get; init; }

    public required ServiceSize Size { get; init; }

    public required Role Role { get; init; }

    public required LogGroup Logs { get; init; }

    public required Dictionary<string, string> Environment { get; init; }

    /// <summary>Between SIGTERM and SIGKILL.</summary>
    public required Duration StopTimeout { get; init; }

    /// <summary>Null for a task that nobody asks for its health.</summary>
    public HealthCheck? HealthCheck { get; init; }
}

/// <summary>How much of Fargate a service gets.</summary>
/// <param name="Cpu">1,024 are a core.</param>
/// <param name="MemoryMiB">Memory; DataPrep and Registry hold a gold table.</param>
internal sealed record ServiceSize(int Cpu, int MemoryMiB)
{
    public static ServiceSize Of(ServicePlan service) =>
        service == BusPlan.Tuner ? new(512, 1024) : service == BusPlan.TrialRunner ? new(2048, 4096) : new(1024, 4096);
}

/// <summary>
/// The services' images, <c>{ImageRepository}/tuner:{ImageTag}</c>: parameters, so that a new version is deployed without another
/// synthesis.
/// </summary>
internal sealed class Images
{
    private readonly CfnParameter _repository;
    private readonly CfnParameter _tag;

    public Images(Stack stack)
    {
        _repository = new CfnParameter(stack, "ImageRepository", new CfnParameterProps
        {
            Type = "String",
            Description = "What comes before /tuner in the image's name: a registry and a prefix",
        });
        _tag = new CfnParameter(stack, "ImageTag", new CfnParameterProps { Type = "String", Description = "Version of all images" });
    }

    public ContainerImage Of(string name) => ContainerImage.FromRegistry($"{_repository.ValueAsString}/{name}:{_tag.ValueAsString}");
}

/// <summary>
/// What ECS needs to take a service's image from ECR in this account and region. The token is for a whole registry; ECR knows no resource
/// for it.
/// </summary>
internal static class ImagePermissions
{
    public static IEnumerable<PolicyStatement> Of(string image, Stack stack) =>
    [
        PolicyStatements.Allow(["ecr:GetAuthorizationToken"], ["*"]),
        PolicyStatements.Allow(
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            [stack.FormatArn(new ArnComponents { Service = "ecr", Resource = "repository", ResourceName = $"*/{image}" })]),
    ];
}
