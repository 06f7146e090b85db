using Amazon.CDK;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;

namespace MacroCausal.Cdk;

/// <summary>The whole deployment: what holds data in a stack of its own, which nobody deletes by mistake, and everything else in another.</summary>
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

    /// <summary>Writes both stacks' templates. Settings are context: <c>cdk synth -c compute=ecs</c>, or <c>dotnet run -- compute=ecs</c> without the CDK's CLI.</summary>
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
