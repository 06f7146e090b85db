using System.Xml.Linq;
using MacroCausal.TestKit;

namespace MacroCausal.Architecture.Tests;

public sealed class ProjectReferenceTests
{
    /// <summary>Which room may know which: the arrows of docs/architecture.md.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Search"] = ["Contracts"],
        ["Model"] = [],
        ["AmazonSqs"] = [],
        ["Data"] = ["Contracts"],
        ["Storage"] = ["Contracts"],
        ["Hosting"] = ["Contracts", "AmazonSqs"],
        ["DataPrep"] = ["Contracts", "Data", "Hosting", "Storage"],
        ["Tuner"] = ["Contracts", "Hosting", "Search", "Storage"],
        ["TrialRunner"] = ["Contracts", "Data", "Hosting", "Model", "Storage"],
        ["Registry"] = ["Contracts", "Data", "Hosting", "Model", "Storage"],
        ["Cli"] = ["Contracts", "Data", "DataPrep", "Hosting", "Model", "Registry", "Search", "Storage", "TrialRunner", "Tuner"],
    };

    public static TheoryData<string> Rooms =>
    [
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project)!),
    ];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_that_the_design_allows(string room)
    {
        var drawn = References(room, "ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')));

        Allowed.ShouldContainKey(room);
        drawn.Except(Allowed[room]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Contracts")]
    [InlineData("Search")]
    public void A_pure_room_needs_no_package(string room) => References(room, "PackageReference").ShouldBeEmpty();

    [Theory]
    [InlineData("Contracts")]
    [InlineData("Search")]
    [InlineData("Data")]
    [InlineData("Storage")]
    [InlineData("Hosting")]
    [InlineData("DataPrep")]
    [InlineData("Tuner")]
    public void A_room_that_does_not_train_never_sees_Torch(string room) =>
        References(room, "PackageReference").Where(package => package.Contains("torch", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();

    private static IEnumerable<string> References(string room, string kind) =>
        XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", room, room + ".csproj")).Descendants(kind).Select(element => element.Attribute("Include")!.Value);
}
