using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace MacroCausal.Deploy.Tests.Kubernetes;

[Trait("Category", "Slow")]
public sealed class SchemaTests
{
    private const string NoSchema = "a kind without a schema";

    private static readonly (string Kind, string Right, string Wrong)[] Mistakes =
    [
        ("ScaledObject", "cooldownPeriod", "cooldownPeriods"),
        ("ScaledObject", "\"cooldownPeriod\":600", "\"cooldownPeriod\":\"600\""),
        ("NodePool", "WhenEmpty", "WhenVoid"),
        ("EC2NodeClass", "subnetSelectorTerms", "subnetSelector"),
        ("TriggerAuthentication", "identityOwner", "owner"),
    ];

    private static readonly Lazy<ILookup<string, string>> Complaints = new(Check);

    public static TheoryData<string, string, string> MistakeData()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (kind, right, wrong) in Mistakes)
        {
            data.Add(kind, right, wrong);
        }

        return data;
    }

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
        Complaints.Value[overlay].ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(MistakeData))]
    public void A_field_or_value_that_they_do_not_know_is_found(string kind, string right, string wrong)
    {
        CustomResource(kind).ShouldContain(right);
        Complaints.Value[$"{kind}: {wrong}"].ShouldNotBeEmpty();
    }

    [Fact]
    public void A_kind_without_a_schema_is_found() => Complaints.Value[NoSchema].ShouldNotBeEmpty();

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void No_object_comes_twice_and_each_is_in_the_namespace(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        rendered.Objects.Select(found => $"{found.Kind}/{found.Metadata.Name}").ShouldBeUnique();
        rendered.Objects.Where(found => found is not (V1Namespace or V1PriorityClass))
            .ShouldAllBe(found => found.Metadata.NamespaceProperty == "macrocausal");
    }

    /// <summary>Every case in one run of the checker, which reads all schemas first: what they have against a case, by its name.</summary>
    private static ILookup<string, string> Check()
    {
        var cases = new JsonObject { [NoSchema] = new JsonArray(new JsonObject { ["apiVersion"] = "example.org/v1", ["kind"] = "Thing" }) };
        foreach (var overlay in Overlay.Names)
        {
            cases[overlay] = new JsonArray([.. Overlay.Render(overlay).CustomResources.Select(resource => resource.Json.DeepClone())]);
        }

        foreach (var (kind, right, wrong) in Mistakes)
        {
            var json = CustomResource(kind).Replace(right, wrong, StringComparison.Ordinal);
            cases[$"{kind}: {wrong}"] = new JsonArray(JsonNode.Parse(json));
        }

        return Tool.Lines("resources.mjs", cases.ToJsonString())
            .Select(line => line.Split('\t', 2))
            .ToLookup(line => line[0], line => line[1]);
    }

    private static string CustomResource(string kind) =>
        Overlay.Render("overlays/karpenter").CustomResources.Single(resource => resource.Kind == kind).Json.ToJsonString();

    private static string ApiVersion(object rendered)
    {
        var kind = rendered.GetType().GetKubernetesTypeMetadata();
        return kind.Group.Length == 0 ? kind.ApiVersion : $"{kind.Group}/{kind.ApiVersion}";
    }
}
