using k8s.Models;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>
/// What the person who deploys is asked to edit, edited: a copy of <c>deploy/k8s</c> with another account, region and cluster.
/// </summary>
[Trait("Category", "Slow")]
public sealed class AccountTests : IDisposable
{
    private readonly TemporaryDirectory _copy = new();

    [Fact]
    public void Nothing_of_the_example_is_left_once_account_and_cluster_are_said()
    {
        Copy(Path.Combine(RepositoryRoot.Path, "deploy", "k8s"), _copy.Path);
        Write("overlays/eks/account.env", "ACCOUNT_ID=210987654321\nAWS_REGION=eu-central-1\n");
        Write("overlays/eks-irsa/account.env", "ACCOUNT_ID=210987654321\n");
        Write("overlays/karpenter/cluster.env", "CLUSTER_NAME=my-own-cluster\n");
        string[] overlays = ["overlays/eks", "overlays/eks-irsa", "overlays/karpenter"];
        var rendered = overlays.ToDictionary(overlay => overlay, overlay => Tool.Kustomize(Path.Combine(_copy.Path, overlay)));
        foreach (var text in rendered.Values)
        {
            text.ShouldNotContain("123456789012");
            text.ShouldNotContain("us-east-1");
            text.ShouldContain("queueURL: https://sqs.eu-central-1.amazonaws.com/210987654321/run-trial");
            text.ShouldContain("image: 210987654321.dkr.ecr.eu-central-1.amazonaws.com/macrocausal/tuner:");
        }

        var pool = rendered["overlays/karpenter"];
        pool.ShouldContain("role: KarpenterNodeRole-my-own-cluster\n");
        pool.ShouldNotContain("discovery: macro\n");
    }

    [Fact]
    public void With_roles_by_IRSA_every_service_account_names_its_own() =>
        Overlay.Render("overlays/eks-irsa").Of<V1ServiceAccount>().ShouldAllBe(account =>
            account.Metadata.Annotations["eks.amazonaws.com/role-arn"]
            == $"arn:aws:iam::123456789012:role/macrocausal-{account.Metadata.Name}");

    [Fact]
    public void With_EKS_Pod_Identity_a_service_account_names_none() =>
        Overlay.Render("overlays/eks").Of<V1ServiceAccount>().ShouldAllBe(account => account.Metadata.Annotations == null);

    public void Dispose() => _copy.Dispose();

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_copy.Path, file), text);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
