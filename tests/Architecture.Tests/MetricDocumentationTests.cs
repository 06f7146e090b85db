using System.Text.RegularExpressions;
using MacroCausal.TestKit;

namespace MacroCausal.Architecture.Tests;

/// <summary>Compares the table of docs/operations.md with what MacroCausalMetrics measures: name, kind, unit.</summary>
public sealed partial class MetricDocumentationTests
{
    [Fact]
    public void Every_metric_is_documented_with_its_kind_and_unit_and_no_other_is()
    {
        var made = Instrument().Matches(Read("src", "Hosting", "MacroCausalMetrics.cs")).Select(match => Row(match)).ToList();
        var documented = DocumentedRow().Matches(Read("docs", "operations.md")).Select(match => Row(match)).ToList();

        made.ShouldNotBeEmpty();
        documented.ShouldBe(made);
    }

    [Fact]
    public void Every_metric_is_made_where_the_documentation_test_looks() =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("MacroCausalMetrics.cs", StringComparison.Ordinal) && File.ReadAllText(file)
                .Contains("new Meter(", StringComparison.Ordinal))
            .ShouldBeEmpty();

    private static (string Name, string Kind, string Unit) Row(Match match) =>
        (match.Groups["name"].Value, match.Groups["kind"].Value.ToLowerInvariant(), match.Groups["unit"].Value);

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([RepositoryRoot.Path, .. path]));

    [GeneratedRegex("""Meter\.Create(?<kind>[A-Z][a-z]+)(?:<\w+>)?\(\s*"(?<name>[^"]+)",\s*"(?<unit>[^"]+)",""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| `(?<name>macrocausal\.[a-z.]+)` \| (?<kind>\w+) \| `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedRow();
}
