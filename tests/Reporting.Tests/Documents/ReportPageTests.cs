using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MacroCausal.Reporting.Documents;

namespace MacroCausal.Reporting.Tests.Documents;

public sealed partial class ReportPageTests
{
    private const int Megabyte = 1 << 20;

    public static TheoryData<string> Odd() =>
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<!--<script>", "\u2028'\\",
    ];

    [Fact]
    public void The_same_study_gives_the_same_bytes() => Page().ShouldBe(Page());

    [Fact]
    public void A_study_of_a_thousand_trials_takes_3_MB_at_most() => ReportPage.Of(StudyReport.Of(SimulatedStudy.Completed(1_000))).Length
        .ShouldBeInRange(Megabyte / 2, 3 * Megabyte);

    [Fact]
    public void Its_policy_allows_its_own_script_and_style_and_nothing_else()
    {
        var page = Page();

        var policy = Policy().Match(page).Groups[1].Value;
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain($"script-src '{Hash(Script().Matches(page)[1].Groups[1].Value)}'");
        policy.ShouldContain($"style-src '{Hash(Style().Match(page).Groups[1].Value)}'");
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("http");
    }

    [Fact]
    public void It_names_no_file_but_itself() => References().Matches(Page()).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Odd))]
    public void What_is_odd_in_a_study_is_text_and_no_markup(string odd)
    {
        var page = Encoding.UTF8.GetString(ReportPage.Of(StudyReport.Of(SimulatedStudy.Completed(20, odd))));

        Script().Count(page).ShouldBe(2);
        var head = page[..page.IndexOf("<style>", StringComparison.Ordinal)];
        head.ShouldNotContain("<img");
        head.ShouldNotContain("<script");
        var data = Script().Matches(page)[0].Groups[1].Value;
        data.ShouldNotContain('<');
        using var json = JsonDocument.Parse(data);
        json.RootElement.GetProperty("title").GetString().ShouldBe("Study " + odd.Replace('\u2028', '\ufffd'));
    }

    [Fact]
    public void Marks_that_turn_the_direction_of_writing_do_not_reach_the_page()
    {
        var report = StudyReport.Of(SimulatedStudy.Completed(20, "abc\u202edcb\u0000\u2067"));

        using var json = JsonDocument.Parse(ReportJson.Of(report));
        json.RootElement.GetProperty("title").GetString().ShouldBe("Study abc\ufffddcb\ufffd\ufffd");
    }

    [Fact]
    public void A_text_without_end_is_cut_and_its_length_is_said()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(StudyReport.Of(SimulatedStudy.Completed(20, new string('x', 10_000)))));

        var title = json.RootElement.GetProperty("title").GetString()!;
        title.Length.ShouldBeLessThan(ShownTextConverter.MaxLength + 50);
        title.ShouldEndWith("x... (10,006 characters in all)");
    }

    private static string Page() => Encoding.UTF8.GetString(ReportPage.Of(StudyReport.Of(SimulatedStudy.Completed())));

    private static string Hash(string content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    [GeneratedRegex("Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    // As a browser finds the end of a script: at the first closing tag.
    [GeneratedRegex("<script[^>]*>(.*?)</script", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<(link|img|iframe|script)[^>]* (src|href)=|url\\(|@import|\\bimport\\(")]
    private static partial Regex References();
}
