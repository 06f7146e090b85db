using System.Text.Json.Nodes;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>Who may take which role.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class IdentityTests(SynthesizedDeployments deployments)
{
    public static TheoryData<string, string, string> Accounts => new()
    {
        { "data-prep", "macrocausal", "macrocausal-data-prep" },
        { "tuner", "macrocausal", "macrocausal-tuner" },
        { "trial-runner", "macrocausal", "macrocausal-trial-runner" },
        { "registry", "macrocausal", "macrocausal-registry" },
        { "keda-operator", "keda", "macrocausal-keda" },
    };

    [Theory]
    [MemberData(nameof(Accounts))]
    public void On_EKS_pods_of_one_service_account_take_one_role(string serviceAccount, string kubernetesNamespace, string role)
    {
        var trust = Trust(deployments.Eks, role);

        ((string)trust["Principal"]!["Service"]!).ShouldBe("pods.eks.amazonaws.com");
        Permissions.Texts(trust["Action"]).ShouldBe(["sts:AssumeRole", "sts:TagSession"], ignoreOrder: true);
        var condition = trust["Condition"]!["StringEquals"]!;
        ((string)condition["aws:RequestTag/kubernetes-service-account"]!).ShouldBe(serviceAccount);
        ((string)condition["aws:RequestTag/kubernetes-namespace"]!).ShouldBe(kubernetesNamespace);
        ((string)condition["aws:SourceAccount"]!).ShouldBe(References.AccountId);
    }

    [Theory]
    [MemberData(nameof(Accounts))]
    public void A_named_cluster_gives_each_service_account_its_role(string serviceAccount, string kubernetesNamespace, string role)
    {
        var association = deployments.Eks.Of("AWS::EKS::PodIdentityAssociation")
            .Single(association => association.Text("ServiceAccount") == serviceAccount);

        association.Text("ClusterName").ShouldBe("somewhere");
        association.Text("Namespace").ShouldBe(kubernetesNamespace);
        association.Text("RoleArn").ShouldEndWith("/" + role);
    }

    [Theory]
    [InlineData("data-prep")]
    [InlineData("tuner")]
    [InlineData("trial-runner")]
    [InlineData("registry")]
    public void On_ECS_tasks_of_this_account_take_a_service_s_role(string service)
    {
        var trust = Trust(deployments.Ecs, "macrocausal-" + service);

        ((string)trust["Principal"]!["Service"]!).ShouldBe("ecs-tasks.amazonaws.com");
        ((string)trust["Condition"]!["StringEquals"]!["aws:SourceAccount"]!).ShouldBe(References.AccountId);
    }

    [Fact]
    public void KEDA_may_see_how_long_the_queue_of_segments_is_and_nothing_else()
    {
        var role = deployments.Eks.Of("AWS::IAM::Role").Single(role => (string?)role.Properties["RoleName"] == "macrocausal-keda");
        var policy = deployments.Eks.Of("AWS::IAM::ManagedPolicy").Single(policy => policy.Text("ManagedPolicyName") == "macrocausal-keda");

        role.Properties["ManagedPolicyArns"]!.AsArray().ShouldHaveSingleItem();
        policy.Properties["PolicyDocument"]!["Statement"]!.AsArray().SelectMany(statement => Permissions.Expand(statement!.AsObject()))
            .ShouldBe([new Allowed("sqs:GetQueueAttributes", QueueNames.RunTrial)]);
    }

    private static JsonObject Trust(Account account, string role) =>
        account.Of("AWS::IAM::Role").Single(resource => (string?)resource.Properties["RoleName"] == role)
            .Properties["AssumeRolePolicyDocument"]!["Statement"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
}
