using System.ComponentModel.DataAnnotations;

namespace MacroCausal.Deploy.Tests.Kubernetes;

[Trait("Category", "Slow")]
public sealed class SettingsTests
{
    private const string MessagesNameThem = "the messages of the Tuner name bucket, table and object";

    private static readonly string[] OfAStudy = ["GOLD_BUCKET", "ARTIFACTS_BUCKET", "MODEL_REGISTRY_TABLE", "STUDY_TABLE"];

    // What the ConfigMaps leave out on purpose.
    private static readonly Dictionary<(string Service, string Variable), string> LeftOut = new()
    {
        [("data-prep", "EXECUTION_ID")] = MessagesNameThem,
        [("data-prep", "GOLD_BUCKET")] = MessagesNameThem,
        [("data-prep", "ARTIFACTS_BUCKET")] = MessagesNameThem,
        [("data-prep", "MODEL_REGISTRY_TABLE")] = MessagesNameThem,
        [("data-prep", "STUDY_TABLE")] = "it reads no records",
        [("tuner", "EXECUTION_ID")] = "a service runs for many executions; each StartTraining names its own",
        [("tuner", "Tuner__OwnStudiesOnly")] = "every Tuner of a cluster looks after every study",
        [("trial-runner", "EXECUTION_ID")] = MessagesNameThem,
        [("trial-runner", "GOLD_BUCKET")] = MessagesNameThem,
        [("trial-runner", "MODEL_REGISTRY_TABLE")] = MessagesNameThem,
        [("trial-runner", "TrialRunner__Name")] = "the default holds the machine's name, which is the pod's",
        [("registry", "EXECUTION_ID")] = MessagesNameThem,
        [("registry", "GOLD_BUCKET")] = MessagesNameThem,
        [("registry", "ARTIFACTS_BUCKET")] = MessagesNameThem,
        [("registry", "MODEL_REGISTRY_TABLE")] = MessagesNameThem,
    };

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void Every_variable_is_one_that_the_service_reads(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        foreach (var deployment in rendered.Services)
        {
            var known = ServiceSettings.Of(deployment.Metadata.Name);
            rendered.Environment(deployment).Keys.Where(variable => !known.Contains(variable) && !ServiceSettings.IsStandard(variable))
                .ShouldBeEmpty(deployment.Metadata.Name);
        }
    }

    [Fact]
    public void Every_setting_of_a_service_is_in_the_base_or_left_out_for_a_reason()
    {
        var rendered = Overlay.Render("base");
        var missing = rendered.Services.SelectMany(deployment => ServiceSettings.Of(deployment.Metadata.Name)
            .Except(rendered.Environment(deployment).Keys)
            .Select(variable => (deployment.Metadata.Name, variable)));
        missing.ShouldBe(LeftOut.Keys, ignoreOrder: true);
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void The_values_are_ones_that_the_service_takes(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        var options =
            rendered.Services.Select(deployment => ServiceSettings.Bind(deployment.Metadata.Name, rendered.Environment(deployment)))
                .OfType<object>().ToList();
        options.Count.ShouldBe(2);
        foreach (var bound in options)
        {
            Validator.ValidateObject(bound, new ValidationContext(bound), validateAllProperties: true);
        }
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void The_Tuner_the_TrialRunner_and_the_Registry_look_into_the_same_study_table(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        foreach (var service in new[] { "trial-runner", "registry" })
        {
            rendered.Environment(rendered.Service(service))["STUDY_TABLE"]
                .ShouldBe(rendered.Environment(rendered.Service("tuner"))["STUDY_TABLE"], service);
        }
    }

    [Theory]
    [InlineData("overlays/eks")]
    [InlineData("overlays/eks-irsa")]
    [InlineData("overlays/karpenter")]
    public void In_a_cluster_the_Tuner_knows_buckets_and_table_and_no_keys_are_set(string overlay)
    {
        var rendered = Overlay.Render(overlay);
        var tuner = rendered.Environment(rendered.Service("tuner"));
        OfAStudy.ShouldAllBe(name => tuner[name].Length > 0);
        rendered.Services.SelectMany(deployment => rendered.Environment(deployment).Keys)
            .ShouldNotContain(name => name.Contains("KEY", StringComparison.Ordinal));
    }
}
