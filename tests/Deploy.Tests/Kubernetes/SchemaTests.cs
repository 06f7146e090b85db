using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace MacroCausal.Deploy.Tests.Kubernetes;

public sealed class SchemaTests
{
    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Every_object_is_one_that_Kubernetes_knows_field_by_field(string overlay)
    {
        var objects = Overlay.Render(overlay).Objects;
        objects.ShouldNotBeEmpty();
        foreach (var rendered in objects)
        {
            rendered.ApiVersion.ShouldBe(ApiVersion(rendered), rendered.Metadata.Name);
        }
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_is_found() =>
        Should.Throw<Exception>(() =>
            KubernetesYaml.Deserialize<V1Deployment>("apiVersion: apps/v1\nkind: Deployment\nspec:\n  replica: 1\n", strict: true));

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Custom_resources_fit_the_schemas_that_KEDA_and_Karpenter_publish(string overlay) =>
        Complaints(Overlay.Render(overlay).CustomResources.Select(resource => resource.Json)).ShouldBeEmpty();

    [Theory]
    [InlineData("ScaledObject", "cooldownPeriod", "cooldownPeriods")]
    [InlineData("ScaledObject", "\"cooldownPeriod\":600", "\"cooldownPeriod\":\"600\"")]
    [InlineData("NodePool", "WhenEmpty", "WhenVoid")]
    [InlineData("EC2NodeClass", "subnetSelectorTerms", "subnetSelector")]
    [InlineData("TriggerAuthentication", "identityOwner", "owner")]
    public void A_field_or_value_that_they_do_not_know_is_found(string kind, string right, string wrong)
    {
        var json = Overlay.Render("overlays/karpenter").CustomResources.Single(resource => resource.Kind == kind).Json.ToJsonString();
        json.ShouldContain(right);
        Complaints([JsonNode.Parse(json.Replace(right, wrong, StringComparison.Ordinal))!.AsObject()]).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_kind_without_a_schema_is_found() =>
        Complaints([new JsonObject { ["apiVersion"] = "example.org/v1", ["kind"] = "Thing" }]).ShouldNotBeEmpty();

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void No_object_comes_twice_and_each_is_in_the_namespace(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        rendered.Objects.Select(found => $"{found.Kind}/{found.Metadata.Name}").ShouldBeUnique();
        rendered.Objects.Where(found => found is not (V1Namespace or V1PriorityClass))
            .ShouldAllBe(found => found.Metadata.NamespaceProperty == "macrocausal");
    }

    private static IReadOnlyList<string> Complaints(IEnumerable<JsonObject> resources) =>
        Tool.Lines("resources.mjs", new JsonArray([.. resources.Select(resource => resource.DeepClone())]).ToJsonString());

    private static string ApiVersion(object rendered)
    {
        var kind = rendered.GetType().GetKubernetesTypeMetadata();
        return kind.Group.Length == 0 ? kind.ApiVersion : $"{kind.Group}/{kind.ApiVersion}";
    }
}
