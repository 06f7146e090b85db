using Amazon.CDK;
using Amazon.CDK.AWS.IAM;

namespace MacroCausal.Cdk.Identity;

/// <summary>A statement that allows actions on resources.</summary>
internal static class PolicyStatements
{
    public static PolicyStatement Allow(string[] actions, IEnumerable<string> resources, Dictionary<string, object>? conditions = null) =>
        new(new PolicyStatementProps { Actions = actions, Resources = [.. resources], Conditions = conditions });
}

/// <summary>Who may take a service's role.</summary>
internal static class Trust
{
    /// <summary>Pods of one Kubernetes service account, through EKS Pod Identity.</summary>
    public static IPrincipal Pods(Stack stack, string kubernetesNamespace, string serviceAccount) =>
        new SessionTagsPrincipal(new PrincipalWithConditions(
        new ServicePrincipal("pods.eks.amazonaws.com"),
        new Dictionary<string, object>
        {
            ["StringEquals"] = new Dictionary<string, object>
            {
                ["aws:SourceAccount"] = stack.Account,
                ["aws:RequestTag/kubernetes-namespace"] = kubernetesNamespace,
                ["aws:RequestTag/kubernetes-service-account"] = serviceAccount,
            },
        }));

    /// <summary>Tasks of ECS in this account.</summary>
    public static IPrincipal Tasks(Stack stack) => new PrincipalWithConditions(
        new ServicePrincipal("ecs-tasks.amazonaws.com"),
        new Dictionary<string, object> { ["StringEquals"] = new Dictionary<string, object> { ["aws:SourceAccount"] = stack.Account } });
}
