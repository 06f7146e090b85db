using System.Globalization;
using System.IO.Compression;
using System.Text;
using MacroCausal.TestKit;

namespace MacroCausal.Cli.Tests;

/// <summary>
/// One monthly series, written as people write tables: whatever the style, the same rows train and the same rows validate.
/// </summary>
public sealed class TableFormatTests : IDisposable
{
    private const int Rows = 120;
    private static readonly DateTime Start = new(2000, 1, 1);
    private static readonly string[] Compared = ["meanBaseline", "ridgeBaseline", "bestValidationLoss", "bestTrial"];

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, string, string> DateStyles => new()
    {
        { "date", "yyyy-MM-dd", "" },
        { "Date", "dd/MM/yyyy", "Dates from 'Date': monthly" },
        { "observation_date", "M/d/yyyy", "Dates from 'observation_date': monthly" },
        { "Period", "MMM d yyyy", "Dates from 'Period': monthly" },
        { "month", "yyyy:MM", "Dates from 'month': monthly" },
        { "yyyymm", "yyyyMM", "Dates from 'yyyymm' (Ym): monthly" },
        { "d", "d.M.yyyy", "Dates from 'd': monthly" },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(DateStyles))]
    public async Task Dates_of_any_style_newest_first_give_the_splits_of_the_plain_table(string name, string style, string said)
    {
        var plain = await TrainAsync("plain", Write("plain.csv", Lines("date", "yyyy-MM-dd", ',')));
        var lines = Lines(name, style, ',', LastDayOfMonth(style));

        var trained = await TrainAsync("other", Write("other.csv", [lines[0], .. lines.Skip(1).Reverse()]));

        foreach (var field in Compared)
        {
            trained.Json.GetProperty(field).ToString().ShouldBe(plain.Json.GetProperty(field).ToString(), field);
        }

        trained.Errors.ShouldContain(said);
        trained.Errors.ShouldContain("the file is newest first, its rows were sorted");
        plain.Errors.ShouldNotContain("sorted");
    }

    [Fact]
    public async Task Separators_decimals_units_encodings_and_packing_do_not_matter()
    {
        var plain = await TrainAsync("plain", Write("plain.csv", Lines("date", "yyyy-MM-dd", ',')));
        string[] comma = [.. Lines("date", "yyyy-MM-dd", ';').Select((line, index) => index == 0 ? line : line.Replace('.', ','))];
        string[] percent = [.. Lines("date", "yyyy-MM-dd", '\t').Select((line, index) => index == 0 ? line : line + "%")];
        var text = string.Join("\r\n", Lines("date", "yyyy-MM-dd", ','));

        string[] files =
        [
            Write("comma.csv", comma), Write("percent.tsv", percent), Write("utf16.txt", Encoding.Unicode.GetBytes('\ufeff' + text)),
            Write("packed.csv.gz", Gzipped(Encoding.UTF8.GetBytes(text))),
        ];
        foreach (var file in files)
        {
            var trained = await TrainAsync(Path.GetFileName(file), file);
            foreach (var field in Compared)
            {
                trained.Json.GetProperty(field).ToString().ShouldBe(plain.Json.GetProperty(field).ToString(), file);
            }
        }
    }

    [Fact]
    public async Task Days_and_months_that_cannot_be_told_apart_are_asked_for()
    {
        var file = Write("data.csv", Lines("Date", "dd/MM/yyyy", ','));

        var refused = await RunAsync("refused", file);
        var told = await RunAsync("told", file, "--date-format", "d/m/Y");

        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldContain(
            "The dates of 'Date' could be day/month or month/day in every row (such as '01/01/2000'); "
            + "say which with --date-format d/m/Y or --date-format m/d/Y (dateFormat).");
        told.ExitCode.ShouldBe(0, told.Errors);
        told.Errors.ShouldContain("Dates from 'Date' (d/m/Y): monthly.");
        (await MacroCausalCommand.RunAsync("models", "list", "--store", Store)).Output.ShouldNotContain("refused");
    }

    [Fact]
    public async Task Several_date_columns_are_named_and_one_can_be_chosen()
    {
        string[] lines = [.. Lines("begin", "yyyy-MM-dd", ',').Select((line, index) =>
            $"{(index == 0 ? "end" : Start.AddMonths(index).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))},{line}")];
        var file = Write("data.csv", lines);

        var refused = await RunAsync("refused", file);
        var chosen = await RunAsync("chosen", file, "--date", "begin");

        refused.Errors.ShouldContain("Several columns could date the rows: 'end', 'begin'; name one with --date (dateColumn)");
        chosen.Errors.ShouldContain("Dates from 'begin': monthly.");
    }

    [Fact]
    public async Task Without_dates_file_order_is_taken_as_time_and_that_is_said()
    {
        string[] lines = [.. Lines("date", "yyyy-MM-dd", ',').Select(line => line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..])];

        (await RunAsync("undated", Write("data.csv", lines))).Errors
            .ShouldContain("No date column was found: file order is taken as time.");
        (await RunAsync("kept", Write("dated.csv", Lines("date", "yyyy-MM-dd", ',')), "--no-date")).Errors
            .ShouldContain("File order is taken as time, as asked for.");
    }

    [Fact]
    public async Task A_copy_of_the_target_is_warned_of_and_can_be_ignored()
    {
        string[] lines = [.. Lines("date", "yyyy-MM-dd", ',').Select(line =>
            $"{line},{(line.StartsWith("date", StringComparison.Ordinal) ? "adjclose" : line.Split(',')[^1])}")];
        var file = Write("data.csv", lines);

        (await RunAsync("leaking", file)).Errors
            .ShouldContain("warning: Leakage? 'adjclose' reproduces the target 'target' almost exactly");
        (await RunAsync("clean", file, "--ignore", "adjclose")).Errors.ShouldNotContain("Leakage");
    }

    [Fact]
    public async Task A_panel_is_asked_for_its_groups_and_cut_between_dates()
    {
        var noise = new Random(2);
        string[] lines = ["country,year,x,target", .. Enumerable.Range(0, 13 * 30).Select(row => (row / 30, 1990 + (row % 30)))
            .Select(((int Country, int Year) row) => string.Create(
                CultureInfo.InvariantCulture, $"C{row.Country},{row.Year},{noise.NextDouble():F6},{noise.NextDouble():F6}"))];
        var file = Write("panel.csv", lines);

        var plain = await RunAsync("plain", file);
        var panel = await RunAsync("panel", file, "--group", "country", "--ahead", "2");

        plain.Errors.ShouldContain("warning: Looks like a panel: 360 of 390 rows repeat a date, and 'country' tells them apart. "
            + "Say --group 'country' (groupColumns)");
        plain.Errors.ShouldContain("312 rows to train (1990-01-01 to 2013-01-01), 78 to validate (2014-01-01 to 2019-01-01)");
        panel.ExitCode.ShouldBe(0, panel.Errors);
        panel.Errors.ShouldContain("13 groups by 'country'");
        panel.Errors.ShouldContain("The target is that of 2 rows later; 26 rows have none and can only be predicted.");
        panel.Errors.ShouldContain("273 rows to train (1990-01-01 to 2010-01-01), 78 to validate (2012-01-01 to 2017-01-01)");
        panel.Errors.ShouldNotContain("Looks like a panel");
    }

    private string Store => Path.Combine(_directory.Path, "store");

    // d/m/Y and its like can be told from m/d/Y only where a day is above 12.
    private static bool LastDayOfMonth(string style) => style is "dd/MM/yyyy" or "M/d/yyyy";

    private static string[] Lines(string dateName, string style, char separator, bool lastDay = false)
    {
        var noise = new Random(1);
        var level = 0.0;
        List<string> lines = [string.Join(separator, dateName, "x", "target")];
        for (var row = 0; row < Rows; row++)
        {
            var x = noise.NextDouble();
            level = (0.5 * level) + x + noise.NextDouble();
            var date = Start.AddMonths(row + (lastDay ? 1 : 0)).AddDays(lastDay ? -1 : 0);
            lines.Add(string.Join(
                separator,
                date.ToString(style, CultureInfo.InvariantCulture),
                x.ToString("F6", CultureInfo.InvariantCulture),
                level.ToString("F6", CultureInfo.InvariantCulture)));
        }

        return [.. lines];
    }

    private async Task<Ended> TrainAsync(string executionId, string file)
    {
        var ended = await RunAsync(executionId, file);
        ended.ExitCode.ShouldBe(0, ended.Errors);
        return ended;
    }

    private Task<Ended> RunAsync(string executionId, string file, params string[] more) => MacroCausalCommand.RunAsync(
    [
        "train", "--data", file, "--store", Store, "--execution-id", executionId, "--trials", "2", "--max-epochs", "3", "--workers", "1",
        "--walk-forward", "0",
        "--json", .. more,
    ]);

    private string Write(string name, string[] lines) => Write(name, Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_directory.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Gzipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
