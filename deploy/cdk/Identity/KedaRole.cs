using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Identity;

/// <summary>What KEDA's operator needs to scale TrialRunners: how long the queue of segments is. The policy may also be attached to a role that KEDA has already.</summary>
internal sealed class KedaRole : Construct
{
    public const string ServiceAccount = "keda-operator";

    public KedaRole(Stack stack, MessageBus bus, DeploymentSettings settings)
        : base(stack, "Keda")
    {
        Policy = new ManagedPolicy(this, "Policy", new ManagedPolicyProps
        {
            ManagedPolicyName = "macrocausal-keda",
            Statements = [Allow.To(["sqs:GetQueueAttributes"], [bus.Queue(QueueNames.RunTrial).Main.QueueArn])],
        });
        Role = new Role(this, "Role", new RoleProps
        {
            RoleName = "macrocausal-keda",
            AssumedBy = Trust.Pods(stack, settings.KedaNamespace, ServiceAccount),
            ManagedPolicies = [Policy],
        });
    }

    public ManagedPolicy Policy { get; }

    public Role Role { get; }
}
