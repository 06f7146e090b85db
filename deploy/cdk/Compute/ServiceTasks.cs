using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Watch;
using HealthCheck = Amazon.CDK.AWS.ECS.HealthCheck;

namespace MacroCausal.Cdk.Compute;

/// <summary>
/// What a task of a service is: its image under a user without rights, nothing writable but <c>/tmp</c>, health on the task's own loopback.
/// </summary>
internal sealed class ServiceTasks(Construct scope, Images images, DurableData data, ServiceRoles roles, ServiceLogs logs)
{
    /// <summary>The user <c>app</c> of .NET's images.</summary>
    private const string User = "1654";
    private const string Temporary = "tmp";

    // The images carry neither curl nor a shell: the service asks the one beside it.
    private static readonly string[] HealthCheckCommand = ["CMD", "/app/service", "--health"];

    public FargateTaskDefinition Of(ServicePlan service)
    {
        var size = ServiceSize.Of(service);
        var task = new FargateTaskDefinition(scope, service.Name + "-task", new FargateTaskDefinitionProps
        {
            Family = "macrocausal-" + service.Name,
            Cpu = size.Cpu,
            MemoryLimitMiB = size.MemoryMiB,
            TaskRole = roles[service],
            RuntimePlatform =
                new RuntimePlatform { CpuArchitecture = CpuArchitecture.X86_64, OperatingSystemFamily = OperatingSystemFamily.LINUX },
            Volumes = [new Amazon.CDK.AWS.ECS.Volume { Name = Temporary }],
        });
        foreach (var statement in ImagePermissions.Of(service, Stack.Of(scope)))
        {
            task.AddToExecutionRolePolicy(statement);
        }
        var container = task.AddContainer(service.Name, Container(service));
        container.AddMountPoints(new MountPoint { ContainerPath = "/tmp", SourceVolume = Temporary, ReadOnly = false });
        return task;
    }

    private ContainerDefinitionOptions Container(ServicePlan service) => new()
    {
        Image = images.Of(service),
        User = User,
        ReadonlyRootFilesystem = true,
        Essential = true,
        StopTimeout = Duration.Seconds(30),
        Environment = Environment(),
        Logging = LogDriver.AwsLogs(new AwsLogDriverProps { LogGroup = logs[service], StreamPrefix = service.Name }),
        HealthCheck = new HealthCheck
        {
            Command = HealthCheckCommand,
            Interval = Duration.Seconds(15),
            Timeout = Duration.Seconds(5),
            StartPeriod = Duration.Seconds(60),
            Retries = 3,
        },
    };

    private Dictionary<string, string> Environment() => new()
    {
        ["AWS_REGION"] = Stack.Of(scope).Region,
        ["GOLD_BUCKET"] = data.Buckets.Gold.BucketName,
        ["ARTIFACTS_BUCKET"] = data.Buckets.Artifacts.BucketName,
        ["MODEL_REGISTRY_TABLE"] = data.Models.TableName,
        ["STUDY_TABLE"] = data.Studies.TableName,
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:8080",
        ["DOTNET_EnableDiagnostics"] = "0",
    };
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

    public ContainerImage Of(ServicePlan service) =>
        ContainerImage.FromRegistry($"{_repository.ValueAsString}/{service.Name}:{_tag.ValueAsString}");
}

/// <summary>
/// What ECS needs to take a service's image from ECR in this account and region. The token is for a whole registry; ECR knows no resource
/// for it.
/// </summary>
internal static class ImagePermissions
{
    public static IEnumerable<PolicyStatement> Of(ServicePlan service, Stack stack) =>
    [
        PolicyStatements.Allow(["ecr:GetAuthorizationToken"], ["*"]),
        PolicyStatements.Allow(
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            [stack.FormatArn(new ArnComponents { Service = "ecr", Resource = "repository", ResourceName = $"*/{service.Name}" })]),
    ];
}
