using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Watch;
using HealthCheck = Amazon.CDK.AWS.ECS.HealthCheck;

namespace MacroCausal.Cdk.Compute;

/// <summary>What a task of a service is: its image under a user without rights, nothing writable but <c>/tmp</c>, health on the task's own loopback.</summary>
internal sealed class ServiceTasks(Construct scope, Images images, DurableData data, ServiceRoles roles, ServiceLogs logs)
{
    /// <summary>The user <c>app</c> of .NET's images.</summary>
    private const string User = "1654";
    private const string Temporary = "tmp";

    // The images carry neither curl nor a shell: the service asks the one beside it.
    private static readonly string[] AskHealth = ["CMD", "/app/service", "--health"];

    public FargateTaskDefinition Of(ServicePlan service)
    {
        var size = ServiceSize.Of(service);
        var task = new FargateTaskDefinition(scope, service.Name + "-task", new FargateTaskDefinitionProps
        {
            Family = "macrocausal-" + service.Name,
            Cpu = size.Cpu,
            MemoryLimitMiB = size.MemoryMiB,
            TaskRole = roles[service],
            RuntimePlatform = new RuntimePlatform { CpuArchitecture = CpuArchitecture.X86_64, OperatingSystemFamily = OperatingSystemFamily.LINUX },
            Volumes = [new Amazon.CDK.AWS.ECS.Volume { Name = Temporary }],
        });
        foreach (var statement in ImagePermissions.Of(service, Stack.Of(scope))) task.AddToExecutionRolePolicy(statement);
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
            Command = AskHealth,
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
