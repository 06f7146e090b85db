using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Data;

namespace MacroCausal.Cdk.Identity;

/// <summary>One role a service, with exactly what the service does.</summary>
internal sealed class ServiceRoles : Construct
{
    private readonly Dictionary<ServicePlan, Role> _roles;

    public ServiceRoles(Stack stack, DurableData data, MessageBus bus, DeploymentSettings settings)
        : base(stack, "Roles")
    {
        var permissions = new DataPermissions(data, settings);
        _roles = new()
        {
            [BusPlan.DataPrep] = Create(BusPlan.DataPrep, permissions.DataPrep()),
            [BusPlan.Tuner] = Create(BusPlan.Tuner, permissions.Tuner()),
            [BusPlan.TrialRunner] = Create(BusPlan.TrialRunner, permissions.TrialRunner()),
            [BusPlan.Registry] = Create(BusPlan.Registry, permissions.Registry()),
        };

        Role Create(ServicePlan service, IEnumerable<PolicyStatement> statements)
        {
            var trust = settings.Compute == ComputeKind.Eks ? Trust.Pods(stack, settings.Namespace, service.Name) : Trust.Tasks(stack);
            var role = new Role(this, service.Name, new RoleProps { RoleName = $"macrocausal-{service.Name}", AssumedBy = trust });
            foreach (var statement in BusPermissions.Of(service, bus).Concat(statements))
            {
                role.AddToPolicy(statement);
            }
            return role;
        }
    }

    public Role this[ServicePlan service] => _roles[service];
}
