using System.Text.RegularExpressions;
using MacroCausal.Cli.Progress;
using MacroCausal.Contracts;
using Spectre.Console;

namespace MacroCausal.Cli.Tests;

public sealed partial class LiveViewTests
{
    private const int Columns = 40;

    [Theory]
    [InlineData(ColorSystemSupport.NoColors)]
    [InlineData(ColorSystemSupport.Standard)]
    public async Task The_table_is_written_once_above_the_picture_and_fits_a_narrow_terminal(ColorSystemSupport colours)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = colours,
            Out = new AnsiConsoleOutput(output),
        });
        (console.Profile.Width, console.Profile.Height) = (Columns, 24);
        var view = new LiveView(console, new StudyProgress(2, 5), TimeProvider.System);
        var study = new TaskCompletionSource<StudyOutcome>();

        view.Show(Prepared());
        var following = view.FollowAsync(study.Task);
        study.SetResult(new StudyOutcome(null, null));
        await following;

        var drawn = output.ToString();
        drawn.Contains("\u001b[93m", StringComparison.Ordinal).ShouldBe(colours != ColorSystemSupport.NoColors);
        var lines = Codes().Replace(drawn, "").Split('\n').Select(line => line.Split('\r')[^1].TrimEnd()).ToList();
        lines.ShouldAllBe(line => line.Length <= Columns);
        var first = lines.FindIndex(line => line.StartsWith("data    100 rows,", StringComparison.Ordinal));
        first.ShouldBeGreaterThanOrEqualTo(0);
        lines[first + 1].ShouldStartWith("        ");
        var text = string.Join(' ', lines.Select(line => line.Trim()));
        text.ShouldContain("100 rows, 0 without a target; 2 of 20 columns became 2 features, 18 did not");
        lines.Count(line => line.StartsWith("warning", StringComparison.Ordinal)).ShouldBe(1);
        lines.Count(line => line.Contains("[c", StringComparison.Ordinal)).ShouldBe(12);
        text.ShouldContain("and 6 more; profile.json has an entry for every column");
        first.ShouldBeLessThan(lines.FindIndex(line => line.Contains("validation loss", StringComparison.Ordinal)));
    }

    private static DataPrepared Prepared() => new()
    {
        ExecutionId = "study",
        Profile = new DataProfile
        {
            Rows = 100,
            RowsWithoutTarget = 0,
            Columns = 20,
            ColumnsKept = 2,
            ColumnsDropped = 18,
            Dropped = [.. Enumerable.Range(0, 18).Select(column => new DroppedColumn($"[c{column}]", "constant"))],
            MissingShare = 0,
            TargetMean = 0,
            TargetVariance = 1,
            Warnings = ["Something is odd about this table, which a person should read about in full."],
        },
        Data = new DataManifest
        {
            Train = new("s3://a/train", ""),
            Validation = new("s3://a/validation", ""),
            Scaler = new("s3://a/scaler", ""),
            Profile = new("s3://a/profile", ""),
            Features = 2,
            TrainRows = 80,
            ValidationRows = 20,
            TestRows = 0,
            TargetMean = 0,
            TargetScale = 1,
            Baselines = new Dictionary<string, double> { ["mean"] = 2, ["ridge"] = 1 },
        },
    };

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Codes();
}
