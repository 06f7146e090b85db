using k8s.Models;
using MacroCausal.Hosting;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>Every pod of every overlay.</summary>
[Trait("Category", "Slow")]
public sealed class PodTests
{
    // Rendered when the tests run and not when they are listed: a run without slow tests starts no kustomize.
    public static TheoryData<string, string> Pods()
    {
        var pods = new TheoryData<string, string>();
        foreach (var overlay in Overlay.Names)
        {
            foreach (var deployment in Overlay.Render(overlay).Deployments)
            {
                pods.Add(overlay, deployment.Metadata.Name);
            }
        }

        return pods;
    }

    // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    [Theory]
    [MemberData(nameof(Pods), DisableDiscoveryEnumeration = true)]
    public void Fits_the_restricted_pod_security_standard(string overlay, string name)
    {
        var pod = Pod(overlay, name);
        new[] { pod.HostNetwork, pod.HostPID, pod.HostIPC }.ShouldAllBe(shared => shared != true);
        pod.Volumes.ShouldAllBe(volume => volume.EmptyDir != null);
        pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
        pod.SecurityContext.RunAsUser.ShouldNotBe(0);
        pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
        foreach (var security in Containers(pod).Select(container => container.SecurityContext))
        {
            security.AllowPrivilegeEscalation.ShouldBe(false);
            (security.Privileged == true).ShouldBeFalse();
            security.Capabilities.Drop.ShouldBe(["ALL"]);
            security.Capabilities.Add.ShouldBeNull();
            security.RunAsNonRoot.ShouldNotBe(false);
            security.SeccompProfile.ShouldBeNull("the pod's holds");
        }
    }

    [Theory]
    [MemberData(nameof(Pods), DisableDiscoveryEnumeration = true)]
    public void Writes_nowhere_but_to_tmp(string overlay, string name)
    {
        foreach (var container in Containers(Pod(overlay, name)))
        {
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
            container.VolumeMounts.Select(mount => mount.MountPath).ShouldBe(["/tmp"]);
        }
    }

    [Theory]
    [MemberData(nameof(Pods), DisableDiscoveryEnumeration = true)]
    public void Says_what_it_needs_and_how_much_memory_it_may_take(string overlay, string name)
    {
        foreach (var resources in Containers(Pod(overlay, name)).Select(container => container.Resources))
        {
            resources.Requests.Keys.ShouldContain("cpu");
            resources.Requests["memory"].ToDecimal().ShouldBeLessThanOrEqualTo(resources.Limits["memory"].ToDecimal());
        }
    }

    // docs/benchmarks.md#large-tables: what a TrialRunner takes for the largest table that was measured.
    [Theory]
    [InlineData("overlays/eks")]
    [InlineData("overlays/eks-irsa")]
    [InlineData("overlays/karpenter")]
    public void A_runner_may_take_what_the_largest_measured_table_needs(string overlay) =>
        Containers(Pod(overlay, "trial-runner")).Single().Resources.Limits["memory"].ToDecimal()
            .ShouldBeGreaterThan(1.2m * 3198 * 1024 * 1024);

    [Theory]
    [MemberData(nameof(Pods), DisableDiscoveryEnumeration = true)]
    public void Has_no_token_of_the_cluster(string overlay, string name) => Pod(overlay, name).AutomountServiceAccountToken.ShouldBe(false);

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void A_service_has_time_to_stop(string overlay) => Overlay.Render(overlay).Services.ShouldAllBe(deployment =>
        deployment.Spec.Template.Spec.TerminationGracePeriodSeconds > 2 * ServiceDefaults.StopTimeout.TotalSeconds);

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void A_service_is_asked_where_it_answers(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        foreach (var deployment in rendered.Services)
        {
            var container = deployment.Spec.Template.Spec.Containers.Single();
            var port = container.Ports.Single();
            rendered.Environment(deployment)["ASPNETCORE_URLS"].ShouldBe($"http://+:{port.ContainerPort}");
            container.LivenessProbe.HttpGet.Path.ShouldBe("/health/live");
            container.StartupProbe.HttpGet.Path.ShouldBe("/health/live");
            container.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
            new[] { container.LivenessProbe, container.StartupProbe, container.ReadinessProbe }
                .ShouldAllBe(probe => probe.HttpGet.Port.Value == port.Name);
            deployment.Spec.Template.Metadata.Annotations["prometheus.io/port"].ShouldBe($"{port.ContainerPort}");
            deployment.Spec.Template.Metadata.Annotations["prometheus.io/path"].ShouldBe("/metrics");
        }
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void The_namespace_enforces_the_restricted_standard(string overlay) =>
        Overlay.Render(overlay).Of<V1Namespace>().Single().Metadata.Labels["pod-security.kubernetes.io/enforce"].ShouldBe("restricted");

    private static V1PodSpec Pod(string overlay, string name) =>
        Overlay.Render(overlay).Deployments.Single(deployment => deployment.Metadata.Name == name).Spec.Template.Spec;

    private static IEnumerable<V1Container> Containers(V1PodSpec pod) => [.. pod.Containers, .. pod.InitContainers ?? []];
}
