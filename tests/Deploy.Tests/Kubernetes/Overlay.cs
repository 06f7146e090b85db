using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>
/// What kustomize makes of a folder of <c>deploy/k8s</c>, as typed objects. A field that Kubernetes does not know is an error.
/// </summary>
internal sealed class Overlay
{
    public static readonly string[] Names = ["base", "overlays/eks", "overlays/eks-irsa", "overlays/karpenter", "overlays/local"];

    private static readonly ConcurrentDictionary<string, Lazy<Overlay>> Known = new();

    // Types of Kubernetes itself; what else there is must have a schema of its own.
    private static readonly Dictionary<string, Func<string, IKubernetesObject<V1ObjectMeta>>> Types = new()
    {
        ["ConfigMap"] = Read<V1ConfigMap>,
        ["Deployment"] = Read<V1Deployment>,
        ["Namespace"] = Read<V1Namespace>,
        ["NetworkPolicy"] = Read<V1NetworkPolicy>,
        ["PodDisruptionBudget"] = Read<V1PodDisruptionBudget>,
        ["PriorityClass"] = Read<V1PriorityClass>,
        ["Service"] = Read<V1Service>,
        ["ServiceAccount"] = Read<V1ServiceAccount>,
    };

    private Overlay(string text)
    {
        string[] documents = text.Split("\n---\n");
        Objects = [.. documents.Where(document => Types.ContainsKey(Kind(document))).Select(document => Types[Kind(document)](document))];
        CustomResources = [.. documents.Where(document => !Types.ContainsKey(Kind(document))).Select(CustomResource.Parse)];
    }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public IReadOnlyList<CustomResource> CustomResources { get; }

    public IEnumerable<V1Deployment> Deployments => Of<V1Deployment>();

    /// <summary>The four services' Deployments, without what an overlay adds beside them.</summary>
    public IEnumerable<V1Deployment> Services => Deployments.Where(deployment => deployment.Metadata.Name != "emulators");

    public static Overlay Render(string name) =>
        Known.GetOrAdd(name, folder => new(() => new Overlay(Tool.Kustomize(Path.Combine(RepositoryRoot.Path, "deploy", "k8s", folder)))))
            .Value;

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    public V1Deployment Service(string name) => Services.Single(deployment => deployment.Metadata.Name == name);

    /// <summary>The environment that a Deployment's only container finds.</summary>
    public IReadOnlyDictionary<string, string> Environment(V1Deployment deployment)
    {
        var container = deployment.Spec.Template.Spec.Containers.Single();
        container.Env.ShouldBeNull("settings are in ConfigMaps");
        return (container.EnvFrom ?? []).SelectMany(source => ConfigMap(source.ConfigMapRef.Name).Data).ToDictionary();
    }

    private V1ConfigMap ConfigMap(string name) => Of<V1ConfigMap>().Single(map => map.Metadata.Name == name);

    private static string Kind(string document) =>
        document.Split('\n').Single(line => line.StartsWith("kind: ", StringComparison.Ordinal))["kind: ".Length..];

    private static T Read<T>(string document) => KubernetesYaml.Deserialize<T>(document, strict: true);
}

/// <summary>Every folder that kustomize renders.</summary>
public sealed class OverlayData : TheoryData<string>
{
    public OverlayData()
        : base(Overlay.Names)
    {
    }
}

/// <summary>An object of a kind that Kubernetes does not have by itself.</summary>
internal sealed record CustomResource(string Kind, JsonObject Json)
{
    public JsonNode Spec => Json["spec"]!;

    public static CustomResource Parse(string document)
    {
        var graph = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(document);
        var json = JsonSerializer.SerializeToNode(graph)!.AsObject();
        return new CustomResource(json["kind"]!.GetValue<string>(), json);
    }
}
