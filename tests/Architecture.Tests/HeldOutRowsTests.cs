using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MacroCausal.Architecture.Tests;

/// <summary>
/// What a model was selected on must not be what it is praised on: the code that searches and trains does not even name the test rows.
/// </summary>
public sealed class HeldOutRowsTests
{
    private static readonly string[] Members = ["get_Test", "get_TestBaselineForecasts"];
    private static readonly string[] Types = ["DataManifest", "Dataset"];

    [Theory]
    [InlineData("MacroCausal.Search")]
    [InlineData("MacroCausal.Tuner")]
    [InlineData("MacroCausal.TrialRunner")]
    [InlineData("MacroCausal.Model")]
    public void Who_searches_and_trains_does_not_read_the_test_rows(string assembly) => Readings(assembly).ShouldBeEmpty();

    [Fact]
    public void The_Registry_reads_them_and_DataPrep_writes_them()
    {
        Readings("MacroCausal.Registry").ShouldContain("DataManifest.get_Test");
        Readings("MacroCausal.DataPrep").ShouldBe(["Dataset.get_Test", "Dataset.get_TestBaselineForecasts"]);
    }

    // Members of other assemblies that an assembly refers to stand in one table of its metadata.
    private static IEnumerable<string> Readings(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var references =
            from handle in metadata.MemberReferences
            let member = metadata.GetMemberReference(handle)
            where member.Parent.Kind == HandleKind.TypeReference
            let type = metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name)
            let name = metadata.GetString(member.Name)
            where Types.Contains(type, StringComparer.Ordinal) && Members.Contains(name, StringComparer.Ordinal)
            select $"{type}.{name}";
        return [.. references.Distinct().Order(StringComparer.Ordinal)];
    }
}
