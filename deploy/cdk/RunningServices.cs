using Amazon.CDK;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Compute;
using MacroCausal.Cdk.Data;
using MacroCausal.Cdk.Identity;
using MacroCausal.Cdk.Pipeline;
using MacroCausal.Cdk.Watch;

namespace MacroCausal.Cdk;

/// <summary>Everything that can be made anew: queues, topics, roles, alarms, the workflow, and on ECS the services.</summary>
public sealed class RunningServices : Stack
{
    internal RunningServices(Construct scope, DurableData data, DeploymentSettings settings)
        : base(scope, "macrocausal", new StackProps { Description = "MacroCausal: queues, topics, roles, alarms and the workflow", Synthesizer = Plain.Synthesizer() })
    {
        var bus = new MessageBus(this, data.Key);
        var roles = new ServiceRoles(this, data, bus, settings);
        var logs = new ServiceLogs(this, data.Key, settings);
        _ = new Alarms(this, data.Key, bus, settings);
        _ = new TrainingWorkflow(this, data, bus, settings);
        _ = OperatorPolicy.Create(this, data, bus, settings);
        if (settings.Compute == ComputeKind.Eks) _ = new PodIdentities(this, roles, bus, settings);
        else _ = new FargateServices(this, data, bus, roles, logs, settings);
    }
}
