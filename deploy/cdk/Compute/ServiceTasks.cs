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

    // bash's own sockets: the images carry no curl.
    private const string AskHealth = "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3";

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
            Command = ["CMD", "bash", "-c", AskHealth],
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
