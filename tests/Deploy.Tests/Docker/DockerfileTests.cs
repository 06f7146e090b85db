using System.Text.RegularExpressions;
using System.Xml.Linq;
using k8s.Models;
using MacroCausal.Deploy.Tests.Kubernetes;

namespace MacroCausal.Deploy.Tests.Docker;

[Trait("Category", "Slow")]
public sealed partial class DockerfileTests
{
    public static TheoryData<string> Files() => ["Dockerfile", "emulators.Dockerfile"];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_linter_has_nothing_against_it(string file) => Tool.Lines("dockerfile.mjs", Dockerfile.Read(file).Text).ShouldBeEmpty();

    [Fact]
    public void The_linter_finds_what_is_wrong() => Tool.Lines("dockerfile.mjs", "FROM node:22\nUSR 1000\n").ShouldNotBeEmpty();

    [Theory]
    [MemberData(nameof(Files))]
    public void Base_images_are_pinned_to_a_patch(string file)
    {
        var dockerfile = Dockerfile.Read(file);
        var stages = dockerfile.All("FROM").Select(from => from.Split(" AS ")).Where(from => from.Length > 1).Select(from => from[1])
            .ToList();
        var images = dockerfile.All("FROM").Select(from => from.Split(' ')[0])
            .Where(image => !stages.Contains(image) && image != "runtime-$BACKEND").ToList();
        images.ShouldNotBeEmpty();
        images.ShouldAllBe(image => Patch().IsMatch(image));
    }

    [Fact]
    public void The_user_is_a_number_and_the_one_that_the_pods_run_as()
    {
        var user = Dockerfile.Read("Dockerfile").Last("USER").ShouldHaveSingleItem();
        foreach (var pod in Overlay.Render("base").Services.Select(deployment => deployment.Spec.Template.Spec.SecurityContext))
        {
            $"{pod.RunAsUser}:{pod.RunAsGroup}".ShouldBe(user);
        }
    }

    [Fact]
    public void The_temporary_folder_keeps_the_rights_of_the_image_where_Fargate_mounts_it() =>
        Dockerfile.Read("Dockerfile").Last("VOLUME").ShouldBe(["[\"/tmp\"]"]);

    [Fact]
    public void The_emulators_user_is_the_one_that_their_pod_runs_as() =>
        Dockerfile.Read("emulators.Dockerfile").Last("USER")
            .ShouldBe([$"{EmulatorsPod().SecurityContext.RunAsUser}:{EmulatorsPod().SecurityContext.RunAsGroup}"]);

    [Fact]
    public void The_port_is_the_one_that_the_pods_are_asked_on()
    {
        var port = Dockerfile.Read("Dockerfile").Last("EXPOSE").ShouldHaveSingleItem();
        Dockerfile.Read("Dockerfile").Last("ENV").ShouldContain(line => line.Contains($"ASPNETCORE_URLS=http://+:{port} "));
        Overlay.Render("base")
            .Services.ShouldAllBe(deployment =>
                $"{deployment.Spec.Template.Spec.Containers.Single().Ports.Single().ContainerPort}" == port);
    }

    [Theory]
    [InlineData("title")]
    [InlineData("source")]
    [InlineData("version")]
    [InlineData("revision")]
    [InlineData("licenses")]
    public void An_image_says_where_it_comes_from(string label) =>
        Dockerfile.Read("Dockerfile").Last("LABEL").ShouldContain(line => line.Contains($"org.opencontainers.image.{label}="));

    [Fact]
    public void Versions_said_by_default_are_the_ones_of_the_build()
    {
        var version = Version();
        Dockerfile.Read("Dockerfile").All("ARG").Where(argument => argument.StartsWith("VERSION=", StringComparison.Ordinal))
            .ShouldBe([$"VERSION={version}", $"VERSION={version}"]);
    }

    [Theory]
    [ClassData(typeof(OverlayData))]
    public void The_images_that_the_pods_name_are_the_ones_that_are_built(string overlay)
    {
        var script = File.ReadAllText(Path.Combine(Dockerfile.Folder, "build.sh"));
        var built = BuiltImage().Matches(script).ToDictionary(match => match.Groups["image"].Value, match => match.Groups["service"].Value);
        foreach (var deployment in Overlay.Render(overlay).Services)
        {
            var (name, tag) = Split(deployment.Spec.Template.Spec.Containers.Single().Image);
            name.ShouldBe(deployment.Metadata.Name);
            File.Exists(Path.Combine(RepositoryRoot.Path, "src", built[name], built[name] + ".csproj")).ShouldBeTrue();
            tag.ShouldBe(overlay == "overlays/karpenter" && name == "trial-runner" ? Version() + "-cuda" : Version());
        }
    }

    [Fact]
    public void The_orchestrator_is_the_stage_that_runs_the_command_of_that_name_and_is_built_as_such()
    {
        Dockerfile.Read("Dockerfile").In("orchestrator", "CMD").ShouldBe(["[\"orchestrate\"]"]);
        var script = File.ReadAllText(Path.Combine(Dockerfile.Folder, "build.sh"));
        BuiltImage().Matches(script).Select(match => (match.Groups["service"].Value, match.Groups["image"].Value))
            .ShouldContain(("Cli", "orchestrator"));
        script.ShouldContain("if [ \"$service\" = Cli ]; then target=(--target orchestrator); fi");
    }

    [Fact]
    public void The_emulators_image_is_the_one_that_its_Dockerfile_says_how_to_build() =>
        Dockerfile.Read("emulators.Dockerfile").Text.ShouldContain($"-t {EmulatorsPod().Containers.Single().Image} .");

    private static V1PodSpec EmulatorsPod() =>
        Overlay.Render("overlays/local").Deployments.Single(deployment => deployment.Metadata.Name == "emulators").Spec.Template.Spec;

    private static string Version() =>
        XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")).Descendants("Version").Single().Value;

    private static (string Name, string Tag) Split(string image) =>
        (image[(image.LastIndexOf('/') + 1)..image.LastIndexOf(':')], image[(image.LastIndexOf(':') + 1)..]);

    [GeneratedRegex(@":\d+\.\d+\.\d+-[a-z-]+$")]
    private static partial Regex Patch();

    [GeneratedRegex(@"\[(?<service>[A-Za-z]+)\]=(?<image>[a-z-]+)")]
    private static partial Regex BuiltImage();
}
