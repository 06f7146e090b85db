using Amazon.CDK;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Compute;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Pipeline;
using MacroCausal.Cdk.Watch;

namespace MacroCausal.Cdk;

/// <summary>
/// The whole deployment: what holds data in a stack of its own, which nobody deletes by mistake, and everything else in another.
/// </summary>
public sealed class Deployment
{
    private Deployment(App app, DeploymentSettings settings)
    {
        Data = new DurableData(app, settings);
        Services = new RunningServices(app, Data, settings);
    }

    /// <summary>Buckets, tables and their key.</summary>
    public DurableData Data { get; }

    /// <summary>Queues, topics, roles, alarms, the workflow, and on ECS the services themselves.</summary>
    public RunningServices Services { get; }

    /// <summary>Adds both stacks to an app.</summary>
    public static Deployment Add(App app, DeploymentSettings settings) => new(app, settings);

    /// <summary>
    /// Writes both stacks' templates. Settings are context: <c>cdk synth -c compute=ecs</c>, or <c>dotnet run -- compute=ecs</c> without
    /// the CDK's CLI.
    /// </summary>
    /// <param name="arguments">Settings as <c>key=value</c>.</param>
    /// <param name="folder">Where the templates go.</param>
    public static void Synthesize(IEnumerable<string> arguments, string folder)
    {
        NodeFolder.Use();
        var app = new App(new AppProps
        {
            Outdir = folder,
            Context = DeploymentSettings.Context(arguments),
            AnalyticsReporting = false,
        });
        Add(app, DeploymentSettings.Read(key => app.Node.TryGetContext(key) as string));
        app.Synth();
    }
}

/// <summary>Everything that can be made anew: queues, topics, roles, alarms, the workflow, and on ECS the services.</summary>
public sealed class RunningServices : Stack
{
    internal RunningServices(Construct scope, DurableData data, DeploymentSettings settings)
        : base(scope, "macrocausal", new StackProps
        {
            Description = "MacroCausal: queues, topics, roles, alarms and the workflow",
            Synthesizer = AssetlessSynthesizer.Create(),
        })
    {
        var bus = new MessageBus(this, data.Key);
        var roles = new ServiceRoles(this, data, bus, settings);
        var logs = new ServiceLogs(this, data.Key, settings);
        _ = new Alarms(this, data.Key, bus, settings);
        _ = new TrainingWorkflow(this, data, bus, settings);
        _ = OperatorPolicy.Create(this, data, bus, settings);
        if (settings.Compute == ComputeKind.Eks)
        {
            _ = new PodIdentities(this, roles, bus, settings);
        }

        if (settings is { Compute: ComputeKind.Eks, Orchestrator: false }) return;
        var fargate = new FargateCluster(this, settings);
        var tasks = new ServiceTasks(fargate, new Images(this), data, roles, logs);
        if (settings.Compute == ComputeKind.Ecs)
        {
            _ = new FargateServices(fargate, tasks, bus, settings);
        }

        if (settings.Orchestrator)
        {
            _ = new Orchestrator(this, fargate, tasks, logs, data, bus, settings);
        }
    }
}

/// <summary>Templates without assets need no bootstrapped account: plain CloudFormation can deploy them.</summary>
internal static class AssetlessSynthesizer
{
    public static IStackSynthesizer Create() =>
        new DefaultStackSynthesizer(new DefaultStackSynthesizerProps { GenerateBootstrapVersionRule = false });
}

/// <summary>
/// Where the CDK's runtime unpacks the JavaScript that it runs under Node. Node takes the nearest package.json above a script to say what
/// kind of script it is, so one that somebody
/// left in the machine's temporary folder would break it; this folder has its own.
/// </summary>
public static class NodeFolder
{
    /// <summary>Makes the folder and sends the runtime there. To be called before anything of the CDK is made.</summary>
    public static void Use()
    {
        var folder = Path.Combine(Path.GetTempPath(), "macrocausal-cdk");
        Directory.CreateDirectory(folder);
        var package = Path.Combine(folder, "package.json");
        if (!File.Exists(package))
        {
            File.WriteAllText(package, "{}");
        }

        System.Environment.SetEnvironmentVariable("TMPDIR", folder);
    }
}
