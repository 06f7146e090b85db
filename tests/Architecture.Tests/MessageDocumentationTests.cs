using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MacroCausal.Contracts;
using MacroCausal.TestKit;

namespace MacroCausal.Architecture.Tests;

public sealed partial class MessageDocumentationTests
{
    private static readonly JsonSerializerOptions Strict =
        new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static readonly IReadOnlyDictionary<string, string> Sections = ReadSections();

    /// <summary>Every record of Contracts that says which study it belongs to, but for the settings.</summary>
    public static TheoryData<Type> Messages => [.. typeof(StartTraining).Assembly.GetExportedTypes().Where(IsMessage)];

    public static TheoryData<Type> Values =>
    [
        typeof(StudySettings), typeof(SearchDimension), typeof(TrialConfig), typeof(DataManifest), typeof(DataProfile),
        typeof(DroppedColumn), typeof(DateRange), typeof(ObjectReference), typeof(Verdict), typeof(TestFigures),
        typeof(Interval), typeof(WalkForwardFold), typeof(FoldResult), typeof(WalkForwardFigures), typeof(FoldFigures),
        typeof(CoverageFigures),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    [MemberData(nameof(Values))]
    public void The_fields_of_a_message_are_documented_one_by_one(Type type) =>
        FieldRow().Matches(Section(type)).Select(row => row.Groups[1].Value).ShouldBe(Fields(type));

    [Theory]
    [MemberData(nameof(Messages))]
    public void The_example_of_a_message_is_one_and_shows_every_field(Type type)
    {
        var json = Example().Match(Section(type)).Groups[1].Value;

        JsonSerializer.Deserialize(json, type, Strict).ShouldNotBeNull();
        using var example = JsonDocument.Parse(json);
        example.RootElement.EnumerateObject().Select(field => field.Name).ShouldBe(Fields(type));
    }

    [Fact]
    public void Nothing_is_documented_that_is_not_there()
    {
        var known = typeof(StartTraining).Assembly.GetExportedTypes().Select(type => type.Name).ToHashSet();
        Sections.Keys.Where(name => !known.Contains(name)).ShouldBeEmpty();
    }

    private static bool IsMessage(Type type) => type.GetProperty("ExecutionId") is not null && type != typeof(StudySettings);

    private static IEnumerable<string> Fields(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    private static string Section(Type type) => Sections.TryGetValue(type.Name, out var section)
        ? section
        : throw new InvalidOperationException($"docs/messages.md has no section '## {type.Name}'; write one.");

    private static Dictionary<string, string> ReadSections() =>
        Heading().Split(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "messages.md"))).Skip(1).Chunk(2)
            .ToDictionary(chunk => chunk[0], chunk => chunk[1], StringComparer.Ordinal);

    [GeneratedRegex(@"^## (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex FieldRow();

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
