using System.Globalization;
using System.Text;
using MacroCausal.TestKit;
using static System.FormattableString;

namespace MacroCausal.Cli.Tests;

/// <summary>Tables as people have them, each in a file, and what <c>train</c> and <c>predict</c> say of them.</summary>
public sealed class TableFileTests : IDisposable
{
    private const int Rows = 240;
    private static readonly DateTime Start = new(2000, 1, 1);
    private static readonly double[] Noise = MakeNoise();

    private readonly TemporaryDirectory _directory = new();

    private string Store => Path.Combine(_directory.Path, "store");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("year", "Dates from 'year' (Y): yearly; the file is newest first, its rows were sorted.")]
    [InlineData("quarter", "Dates from 'quarter': quarterly; the file is newest first, its rows were sorted.")]
    [InlineData("ISO", "Dates from 'ISO': monthly; the file is newest first, its rows were sorted.")]
    public async Task Years_quarters_and_months_newest_first_are_sorted(string name, string said)
    {
        string Date(int row) => name switch
        {
            "year" => Invariant($"{1700 + row}"),
            "quarter" => Invariant($"{1940 + (row / 4)}Q{1 + (row % 4)}"),
            _ => Start.AddMonths(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        string[] lines = [.. Lines(name, Date)];

        (await TrainAsync([lines[0], .. lines.Skip(1).Reverse()])).Errors.ShouldContain(said);
    }

    [Fact]
    public async Task Missing_marks_thousands_currencies_and_percents_train_as_plain_numbers_do()
    {
        string[] missing = [".", "#N/A", "NA", ""];
        double Value(int row) => 1000.5 + (row * 13.25);
        bool IsMissing(int row) => row % 10 == 3;
        string Line(int row, Func<double, string> price, Func<double, string> rate, Func<int, string> none) =>
            $"{Month(row)};{(IsMissing(row) ? none(row) : price(Value(row)))};{rate(0.25 * (row % 7))};{Number(Noise[row])}";
        string[] header = ["date;price;rate;target"];
        var rows = Enumerable.Range(0, Rows).ToList();

        var plain = await TrainAsync([.. header, .. rows.Select(row => Line(row, Number, Number, _ => ""))]);
        var dressed = await TrainAsync([.. header, .. rows.Select(row => Line(
            row,
            value => "$" + value.ToString("N2", CultureInfo.InvariantCulture),
            value => (row % 2 == 0 ? "(" : "-") + Number(value) + (row % 2 == 0 ? "%)" : "%"),
            at => missing[at / 10 % missing.Length]))]);

        dressed.Json.GetProperty("ridgeBaseline").GetDouble().ShouldBe(plain.Json.GetProperty("ridgeBaseline").GetDouble(), 1e-9);
        plain.Errors.ShouldContain("2 of 4 columns became 3 features");
        dressed.Errors.ShouldContain("2 of 4 columns became 3 features");
    }

    [Fact]
    public async Task A_few_texts_among_numbers_are_missing_cells_and_that_is_said()
    {
        string[] lines = [.. Lines("date", Month)];
        lines[17] = lines[17].Replace(lines[17].Split(',')[1], "n.a.", StringComparison.Ordinal);

        var trained = await TrainAsync(lines);

        const string Said = "'x' holds numbers but for 1 of 240 cells, such as 'n.a.' in row 17: taken as missing. "
            + "Correct the file if that is wrong.";
        trained.Errors.ShouldContain("warning: " + Said);
        trained.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()).ShouldContain(Said);
    }

    [Fact]
    public async Task Texts_in_the_target_are_refused_with_cell_row_and_value()
    {
        string[] lines = [.. Lines("date", Month)];
        for (var row = 10; row <= 120; row += 10)
        {
            lines[row] = lines[row][..lines[row].LastIndexOf(',')] + ",n.a.";
        }

        var refused = await RunAsync(lines);

        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldBe("error: The target 'target' holds text, not numbers, in 12 of 240 rows (row 10: 'n.a.'); "
            + "convert it or name another target.");
        Directory.Exists(Store).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_sixty_two_countries_the_fifty_most_frequent_are_categories_and_the_others_are_one()
    {
        string[] lines = [.. Lines("date", Month).Select((line, row) => row == 0 ? "country," + line : $"C{row % 62},{line}")];

        var trained = await TrainAsync(lines);

        trained.Errors.ShouldContain("2 of 4 columns became 52 features");
        trained.Errors.ShouldContain("warning: 'country' has more than 50 values: the most frequent are categories, the others, "
            + "in 18.8 % of the training rows, count as one. Group them yourself if they matter.");
    }

    [Fact]
    public async Task Comment_lines_are_no_rows_and_the_last_may_be_the_header()
    {
        string[] lines = [.. Lines("date", Month)];

        var trained = await TrainAsync(
            ["# Source: made for a test", "# " + lines[0], .. lines.Skip(1).Take(50), "# revised", .. lines.Skip(51)]);

        trained.Errors.ShouldContain("data: 240 rows, 0 without a target; 1 of 3 columns became 1 features");
    }

    [Fact]
    public async Task Escapes_in_names_and_cells_reach_no_terminal()
    {
        string[] lines = [.. Lines("date", Month).Select((line, row) =>
            line + (row == 0 ? ",\u001b[2Jevil" : row % 2 == 0 ? ",\u001b]0;owned\u0007" : ",calm"))];
        string[] bad = [.. Lines("date", Month).Select((line, row) => row == 0 ? line : line[..line.LastIndexOf(',')] + ",\u001b[31mred")];

        var trained = await TrainAsync(lines);
        var refused = await RunAsync(bad);
        string[] other = [.. lines.Select(line => line.Replace("calm", "\u001b[5mnew", StringComparison.Ordinal))];
        var predicted = await MacroCausalCommand.RunAsync(
            "predict", "--model", trained.Json.GetProperty("modelId").GetString()!, "--store", Store,
            "--data", Write("new.csv", other), "--out", Path.Combine(_directory.Path, "out.csv"));

        foreach (var said in new[] { trained.Errors, trained.Output, refused.Errors, refused.Output, predicted.Errors, predicted.Output })
        {
            said.ShouldNotContain('\u001b');
            said.ShouldNotContain('\u0007');
        }

        refused.Errors.ShouldContain("row 1: '\ufffd[31mred'");
        predicted.ExitCode.ShouldBe(0, predicted.Errors);
        predicted.Errors.ShouldContain("('\ufffd[5mnew')");
    }

    [Fact]
    public async Task Sorted_and_leaking_files_and_rows_on_one_date_are_told()
    {
        var undated = Enumerable.Range(0, Rows).Select(row => $"{Number(Noise[row])},{Number(row * 1.5)}");
        var sum = Enumerable.Range(0, Rows).Select(row => (A: Noise[row], B: Noise[Rows + row], C: Noise[(2 * Rows) + row])).Select(
            (row, index) => $"{Month(index)},{Number(row.A)},{Number(row.B)},{Number(row.C)},{Number(row.A + row.B + row.C)}");
        var oneDate = Lines("date", _ => "2000-01-01");

        (await TrainAsync(["x,target", .. undated])).Errors.ShouldContain(
            "warning: The file seems to be sorted by the target: 'target' never falls in 240 rows, and there is no date column.");
        (await TrainAsync(["date,a,b,c,target", .. sum])).Errors.ShouldContain(
            "warning: Leakage? 'a' and 'b' and 'c' together reproduce the target 'target' almost exactly on the training rows "
            + "(R2 1.000000).");
        var refused = await RunAsync([.. oneDate]);
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldContain("--no-date");
    }

    [Fact]
    public async Task A_prediction_of_a_later_row_says_so()
    {
        string[] lines = [.. Lines("date", Month)];
        var model = (await TrainAsync(lines, "--ahead", "3")).Json.GetProperty("modelId").GetString()!;
        var (data, output) = (Write("new.csv", lines), Path.Combine(_directory.Path, "out.csv.zst"));
        string[] arguments = ["predict", "--model", model, "--store", Store, "--data", data];

        const string Said = "each prediction is of 'target' 3 rows later than its row, because the study used --ahead 3; "
            + "the column 'target' beside it is of the row itself.";
        (await MacroCausalCommand.RunAsync(arguments)).Errors.ShouldStartWith("note: " + Said);
        var json = (await MacroCausalCommand.RunAsync([.. arguments, "--json", "--out", output])).Json;
        json.GetProperty("notes")[0].GetString().ShouldBe(Said);
        json.GetProperty("ahead").GetInt32().ShouldBe(3);
        json.GetProperty("rows").GetInt32().ShouldBe(Rows);
        json.GetProperty("rowsWithTarget").GetInt32().ShouldBe(Rows - 3);
        (await MacroCausalCommand.RunAsync([.. arguments, "--json"])).Errors.ShouldContain("name a file for the predictions with --out");

        // What was written packed with Zstandard is read again.
        (await MacroCausalCommand.RunAsync("train", "--data", output, "--target", "prediction", "--store", Store, "--walk-forward", "0",
            "--execution-id", "again",
            "--trials", "1", "--max-epochs", "1", "--json")).Errors.ShouldContain("data: 240 rows, 0 without a target; ");
    }

    private static double[] MakeNoise()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 3 * Rows).Select(_ => random.NextDouble())];
    }

    private static string Month(int row) => Start.AddMonths(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines(string name, Func<int, string> date) =>
        [$"{name},x,target", .. Enumerable.Range(0, Rows).Select(row =>
            $"{date(row)},{Number(Noise[row])},{Number(Noise[row] + Noise[Rows + row])}")];

    private async Task<Ended> TrainAsync(string[] lines, params string[] more)
    {
        var ended = await RunAsync(lines, more);
        ended.ExitCode.ShouldBe(0, ended.Errors);
        return ended;
    }

    private Task<Ended> RunAsync(string[] lines, params string[] more) => MacroCausalCommand.RunAsync(
    [
        "train", "--data", Write("data.csv", lines), "--store", Store, "--execution-id", Guid.NewGuid().ToString("N"),
        "--walk-forward", "0", "--trials", "1",
        "--max-epochs", "1", "--workers", "1", "--json", .. more,
    ]);

    private string Write(string name, string[] lines)
    {
        var path = Path.Combine(_directory.Path, name);
        File.WriteAllText(path, string.Join('\n', lines), Encoding.UTF8);
        return path;
    }
}
