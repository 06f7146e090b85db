using System.Xml.Linq;
using MacroCausal.TestKit;

namespace MacroCausal.Architecture.Tests;

public sealed class ProjectReferenceTests
{
    /// <summary>Which project may reference which, as docs/architecture.md has it.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Search"] = ["Contracts"],
        ["Model"] = [],
        ["AmazonSqs"] = [],
        ["Data"] = ["Contracts"],
        ["Storage"] = ["Contracts"],
        ["Hosting"] = ["Contracts", "AmazonSqs"],
        ["Reporting"] = ["Contracts", "Data", "Storage"],
        ["DataPrep"] = ["Contracts", "Data", "Hosting", "Storage"],
        ["Tuner"] = ["Contracts", "Hosting", "Search", "Storage"],
        ["TrialRunner"] = ["Contracts", "Data", "Hosting", "Model", "Storage"],
        ["Registry"] = ["Contracts", "Data", "Hosting", "Model", "Reporting", "Storage"],
        ["Dashboard"] = ["Contracts", "Data", "Reporting", "Storage", "Tuner"],
        ["Cli"] =
        [
            "Contracts", "Dashboard", "Data", "DataPrep", "Hosting", "Model", "Registry", "Reporting", "Search", "Storage", "TrialRunner",
            "Tuner",
        ],
    };

    public static TheoryData<string> Projects =>
    [
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project)!),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_projects_that_the_design_allows(string project)
    {
        var references = References(project, "ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')));

        Allowed.ShouldContainKey(project);
        references.Except(Allowed[project]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Contracts")]
    [InlineData("Search")]
    public void A_pure_project_needs_no_package(string project) => References(project, "PackageReference").ShouldBeEmpty();

    [Theory]
    [InlineData("Contracts")]
    [InlineData("Search")]
    [InlineData("Data")]
    [InlineData("Storage")]
    [InlineData("Hosting")]
    [InlineData("Reporting")]
    [InlineData("DataPrep")]
    [InlineData("Tuner")]
    [InlineData("Dashboard")]
    public void A_project_that_does_not_train_never_references_Torch(string project) =>
        References(project, "PackageReference").Where(package => package.Contains("torch", StringComparison.OrdinalIgnoreCase))
            .ShouldBeEmpty();

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", project, project + ".csproj")).Descendants(kind)
            .Select(element => element.Attribute("Include")!.Value);
}
