using k8s.Models;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>What names something names something that is there.</summary>
[Trait("Category", "Slow")]
public sealed class ReferenceTests
{
    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Every_service_of_the_bus_has_a_Deployment(string overlay) =>
        Overlay.Render(overlay).Services.Select(deployment => deployment.Metadata.Name)
            .ShouldBe(Names.BusNames.Services.Select(service => service.Service), ignoreOrder: true);

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void A_Deployment_selects_its_own_pods_and_no_others(string overlay)
    {
        var deployments = Overlay.Render(overlay).Deployments.ToList();
        foreach (var deployment in deployments)
        {
            deployments.Where(other => Selects(deployment.Spec.Selector, other)).ShouldHaveSingleItem().ShouldBe(deployment);
            foreach (var spread in deployment.Spec.Template.Spec.TopologySpreadConstraints ?? []) Selects(spread.LabelSelector, deployment)
                .ShouldBeTrue();
        }
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Budgets_and_Services_select_the_pods_of_their_name(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        var selectors = rendered.Of<V1PodDisruptionBudget>().Select(budget => (budget.Metadata.Name, budget.Spec.Selector))
            .Concat(rendered.Of<V1Service>()
                .Select(service => (service.Metadata.Name, new V1LabelSelector { MatchLabels = service.Spec.Selector })));
        foreach (var (name, selector) in selectors)
        {
            rendered.Deployments.Where(deployment => Selects(selector, deployment)).ShouldHaveSingleItem().Metadata.Name.ShouldBe(name);
        }
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void A_budget_lets_a_node_be_drained(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        foreach (var budget in rendered.Of<V1PodDisruptionBudget>().Where(budget => budget.Spec.MinAvailable != null))
        {
            rendered.Service(budget.Metadata.Name)
                .Spec.Replicas!.Value.ShouldBeGreaterThan(int.Parse(budget.Spec.MinAvailable.Value,
                    System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Pods_have_service_accounts_of_their_own_and_priorities_that_exist(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        var accounts = rendered.Of<V1ServiceAccount>().Select(account => account.Metadata.Name).ToList();
        rendered.Deployments.Select(deployment => deployment.Spec.Template.Spec.ServiceAccountName).ShouldBe(accounts, ignoreOrder: true);
        rendered.Services.ShouldAllBe(deployment => deployment.Spec.Template.Spec.ServiceAccountName == deployment.Metadata.Name);
        var priorities = rendered.Of<V1PriorityClass>().Select(priority => priority.Metadata.Name).ToList();
        rendered.Services.ShouldAllBe(deployment => priorities.Contains(deployment.Spec.Template.Spec.PriorityClassName));
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Ports_that_policies_open_are_ports_of_the_pods_that_they_select(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        foreach (var policy in rendered.Of<V1NetworkPolicy>().Where(policy => policy.Spec.Ingress is { Count: > 0 }))
        {
            var open = policy.Spec.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value);
            var ports = rendered.Deployments.Where(deployment => Selects(policy.Spec.PodSelector, deployment))
                .SelectMany(deployment => deployment.Spec.Template.Spec.Containers.Single().Ports).Select(port => $"{port.ContainerPort}")
                    .ToList();
            open.ShouldAllBe(port => ports.Contains(port), policy.Metadata.Name);
        }
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void What_no_policy_opens_is_closed(string overlay)
    {
        var closed = Overlay.Render(overlay).Of<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "default-deny").Spec;
        closed.PodSelector.MatchLabels.ShouldBeNull();
        closed.PolicyTypes.ShouldBe(["Ingress", "Egress"], ignoreOrder: true);
        closed.Ingress.ShouldBeNull();
        closed.Egress.ShouldBeNull();
    }

    private static bool Selects(V1LabelSelector selector, V1Deployment deployment)
    {
        selector.MatchExpressions.ShouldBeNull();
        var labels = deployment.Spec.Template.Metadata.Labels;
        return (selector.MatchLabels ?? new Dictionary<string, string>())
            .All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);
    }
}
