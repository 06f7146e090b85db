using System.Text.Json.Nodes;
using MacroCausal.Deploy.Tests.Names;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Deploy.Tests.Kubernetes;

[Trait("Category", "Slow")]
public sealed class ScalingTests
{
    // A node, an image of several GB, and a start. Where it takes longer, segments are issued twice, and no attempt is counted.
    private static readonly TimeSpan UsualColdStart = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Scaled() => ["overlays/eks", "overlays/eks-irsa", "overlays/karpenter"];

    [Theory]
    [MemberData(nameof(Scaled))]
    public void KEDA_watches_the_queue_that_the_runner_takes_from(string overlay)
    {
        var queue = BusNames.Service("trial-runner").Receives.ShouldHaveSingleItem();
        queue.ShouldBe(QueueNames.RunTrial);
        new Uri(Metadata(overlay, "queueURL")).Segments[^1].ShouldBe(queue);
        ScaledObject(overlay)["scaleTargetRef"]!["name"]!.GetValue<string>().ShouldBe("trial-runner");
        ScaledObject(overlay)["triggers"]![0]!["type"]!.GetValue<string>().ShouldBe("aws-sqs-queue");
    }

    [Theory]
    [MemberData(nameof(Scaled))]
    public void A_pod_is_reckoned_to_take_as_many_segments_as_it_trains_at_once(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        Metadata(overlay, "queueLength").ShouldBe(rendered.Environment(rendered.Service("trial-runner"))["TrialRunner__Workers"]);
    }

    [Theory]
    [MemberData(nameof(Scaled))]
    public void A_segment_in_training_keeps_its_pod(string overlay) => Metadata(overlay, "scaleOnInFlight").ShouldBe("true");

    [Theory]
    [MemberData(nameof(Scaled))]
    public void A_fleet_whose_queue_cannot_be_asked_about_stays_as_large_as_it_is(string overlay) =>
        ScaledObject(overlay)["fallback"]!["behavior"]!.GetValue<string>().ShouldBe("currentReplicasIfHigher");

    [Theory]
    [MemberData(nameof(Scaled))]
    public void The_fleet_goes_down_to_nothing_and_up_to_a_limit(string overlay)
    {
        ScaledObject(overlay)["minReplicaCount"]!.GetValue<int>().ShouldBe(0);
        ScaledObject(overlay)["maxReplicaCount"]!.GetValue<int>().ShouldBeInRange(1, 100);
        Overlay.Render(overlay).Service("trial-runner").Spec.Replicas.ShouldBeNull("a number here would undo KEDA's at every apply");
    }

    [Theory]
    [MemberData(nameof(Scaled))]
    public async Task No_segment_is_issued_twice_while_the_first_node_is_on_its_way(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        var tuner = (TunerOptions)ServiceSettings.Bind("tuner", rendered.Environment(rendered.Service("tuner")))!;
        var settings =
            new StudySettings { ExecutionId = "study", GoldBucket = "gold", ArtifactsBucket = "artifacts", ModelRegistryTable = "models" };
        var begun = DateTimeOffset.UnixEpoch;
        var active = await ActiveStudy.FoldAsync(
            settings, tuner, Guid.Empty, AsyncEnumerable.Empty<TrialRecord>(), CancellationToken.None);
        active.Leases.Track(TrialTransitions.Begin("study", (StartTrial)active.Study.Next(), begun));

        active.Leases.ExpiredLeases(begun + UsualColdStart, unsent: []).ShouldBeEmpty();
        active.Leases.ExpiredLeases(begun + TimeSpan.FromDays(1), unsent: []).ShouldHaveSingleItem();
    }

    [Theory]
    [MemberData(nameof(Scaled))]
    public void The_trigger_asks_with_a_credential_that_is_there(string overlay)
    {
        var authentication = Resource(overlay, "TriggerAuthentication");
        ScaledObject(overlay)["triggers"]![0]!["authenticationRef"]!["name"]!.GetValue<string>()
            .ShouldBe(authentication.Json["metadata"]!["name"]!.GetValue<string>());
        authentication.Spec["podIdentity"]!["provider"]!.GetValue<string>().ShouldBe("aws");
    }

    [Theory]
    [MemberData(nameof(Scaled))]
    public void The_region_is_the_same_wherever_it_is_said(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        var region = Metadata(overlay, "awsRegion");
        new Uri(Metadata(overlay, "queueURL")).Host.ShouldBe($"sqs.{region}.amazonaws.com");
        rendered.Services.ShouldAllBe(deployment => rendered.Environment(deployment)["AWS_REGION"] == region);
        rendered.Services.ShouldAllBe(deployment =>
            deployment.Spec.Template.Spec.Containers.Single().Image.Contains($".dkr.ecr.{region}.amazonaws.com/"));
    }

    [Fact]
    public void A_runner_on_a_GPU_goes_only_to_nodes_of_the_pool_and_tolerates_their_taint()
    {
        var template = Resource("overlays/karpenter", "NodePool").Spec["template"]!;
        var pod = Overlay.Render("overlays/karpenter").Service("trial-runner").Spec.Template.Spec;
        foreach (var (key, value) in template["metadata"]!["labels"]!.AsObject())
        {
            pod.NodeSelector[key].ShouldBe(value!.GetValue<string>());
        }
        var taint = template["spec"]!["taints"]!.AsArray().ShouldHaveSingleItem()!;
        pod.Tolerations.ShouldHaveSingleItem().Key.ShouldBe(taint["key"]!.GetValue<string>());
        pod.Tolerations[0].Effect.ShouldBe(taint["effect"]!.GetValue<string>());
        pod.Containers.Single().Resources.Limits["nvidia.com/gpu"].ToString().ShouldBe("1");
        Overlay.Render("overlays/karpenter")
            .Environment(Overlay.Render("overlays/karpenter").Service("trial-runner"))["TrialRunner__Device"].ShouldBe("cuda");
    }

    [Fact]
    public void The_pool_has_a_node_for_every_runner_that_KEDA_may_ask_for()
    {
        var most = ScaledObject("overlays/karpenter")["maxReplicaCount"]!.GetValue<int>();
        Resource("overlays/karpenter", "NodePool").Spec["limits"]!["nvidia.com/gpu"]!.GetValue<string>().ShouldBe($"{most}");
    }

    [Fact]
    public void The_pool_uses_a_node_class_that_is_there_and_finds_subnets_and_groups_by_the_same_cluster()
    {
        var nodes = Resource("overlays/karpenter", "EC2NodeClass");
        Resource("overlays/karpenter", "NodePool").Spec["template"]!["spec"]!["nodeClassRef"]!["name"]!.GetValue<string>()
            .ShouldBe(nodes.Json["metadata"]!["name"]!.GetValue<string>());
        var cluster = nodes.Spec["subnetSelectorTerms"]![0]!["tags"]!["karpenter.sh/discovery"]!.GetValue<string>();
        nodes.Spec["securityGroupSelectorTerms"]![0]!["tags"]!["karpenter.sh/discovery"]!.GetValue<string>().ShouldBe(cluster);
        nodes.Spec["role"]!.GetValue<string>().ShouldBe($"KarpenterNodeRole-{cluster}");
    }

    private static string Metadata(string overlay, string key) =>
        ScaledObject(overlay)["triggers"]![0]!["metadata"]![key]!.GetValue<string>();

    private static JsonNode ScaledObject(string overlay) => Resource(overlay, "ScaledObject").Spec;

    private static CustomResource Resource(string overlay, string kind) =>
        Overlay.Render(overlay).CustomResources.Single(resource => resource.Kind == kind);
}
