using Amazon.CDK;
using Amazon.CDK.AWS.EKS;
using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Identity;

/// <summary>
/// Workload identity on EKS: KEDA's role, the roles' ARNs as outputs, and, where the cluster is named, their association with the service
/// accounts. The cluster needs the add-on
/// <c>eks-pod-identity-agent</c>.
/// </summary>
internal sealed class PodIdentities : Construct
{
    public PodIdentities(Stack stack, ServiceRoles roles, MessageBus bus, DeploymentSettings settings)
        : base(stack, "PodIdentities")
    {
        var keda = new KedaRole(stack, bus, settings);
        foreach (var service in BusPlan.Services)
        {
            Associate(service.Name, settings.Namespace, roles[service]);
        }
        Associate(KedaRole.ServiceAccount, settings.KedaNamespace, keda.Role);

        void Associate(string account, string kubernetesNamespace, Role role)
        {
            _ = new CfnOutput(this, account + "-role", new CfnOutputProps { Value = role.RoleArn });
            if (settings.ClusterName is null) return;
            _ = new CfnPodIdentityAssociation(this, account, new CfnPodIdentityAssociationProps
            {
                ClusterName = settings.ClusterName,
                Namespace = kubernetesNamespace,
                ServiceAccount = account,
                RoleArn = role.RoleArn,
            });
        }
    }
}

/// <summary>
/// What KEDA's operator needs to scale TrialRunners: how long the queue of segments is. The policy may also be attached to a role that KEDA
/// has already.
/// </summary>
internal sealed class KedaRole : Construct
{
    public const string ServiceAccount = "keda-operator";

    public KedaRole(Stack stack, MessageBus bus, DeploymentSettings settings)
        : base(stack, "Keda")
    {
        Policy = new ManagedPolicy(this, "Policy", new ManagedPolicyProps
        {
            ManagedPolicyName = "macrocausal-keda",
            Statements = [PolicyStatements.Allow(["sqs:GetQueueAttributes"], [bus.Queue(QueueNames.RunTrial).Main.QueueArn])],
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
