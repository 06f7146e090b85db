using System.Text;
using MacroCausal.Cli.Embedded;
using MacroCausal.Data.Tables;

namespace MacroCausal.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private const int Rows = 120;

    private readonly TemporaryDirectory _directory = new();

    private string Store => Path.Combine(_directory.Path, "new", "store");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("nowhere.parquet", "There is no file")]
    [InlineData("table.xlsx", "neither .parquet nor .csv")]
    public Task A_file_that_is_not_there_or_of_another_kind(string file, string error) => RefusedAsync(error, "--data", file);

    [Fact]
    public Task A_file_that_is_not_Parquet() => RefusedAsync("Parquet", "--data", Write("text.parquet", "this is not a table"u8.ToArray()));

    [Fact]
    public async Task A_Parquet_file_that_is_cut_in_half()
    {
        var whole = await ParquetAsync(Table());
        await RefusedAsync("cut", "--data", Write("half.parquet", whole[..(whole.Length / 2)]));
    }

    [Fact]
    public async Task A_damaged_Parquet_file_by_the_name_that_was_given()
    {
        var bytes = await ParquetAsync(Table());
        bytes.AsSpan(4, bytes.Length / 4).Clear();
        var path = Write("damaged.parquet", bytes);
        await RefusedAsync($"'{path}' is a damaged Parquet file", "--data", path);
    }

    [Fact]
    public async Task A_table_without_a_target() =>
        await RefusedAsync(
            "'target'",
            "--data",
            Write("no-target.parquet", await ParquetAsync(new Table([Numbers("x", row => row), Numbers("growth", row => row)]))));

    [Fact]
    public Task A_target_that_nobody_named() => RefusedAsync(
        "Name the column to predict with --target (target), for instance 'gdp_growth' or 'z' or 'x'.",
        "--data",
        Csv("x,gdp_growth,z", row => $"{row},{row % 7},{row % 5}"));

    [Fact]
    public Task A_target_that_is_text() => RefusedAsync("text", "--data", Csv("target,x", row => $"up,{row}"));

    [Theory]
    [InlineData(7, "1e300", "The target 'target' is 1E+300 in row 8: its squared error is too large for a number; correct the value")]
    [InlineData(110, "-1e40", "The target 'target' is -1E+40 in row 111:")]
    public Task A_target_whose_squared_error_is_no_number(int at, string value, string error) =>
        RefusedAsync(error, "--data", Csv("target,x", row => $"{(row == at ? value : $"{row % 7}")},{row}"));

    [Fact]
    public Task A_table_without_rows() => RefusedAsync("no rows", "--data", Csv("target,x", _ => "", rows: 0));

    [Fact]
    public Task A_table_without_a_row_left_after_cleaning() => RefusedAsync("no row", "--data", Csv("target,x", row => $",{row}"));

    [Fact]
    public Task Fewer_rows_than_a_batch_after_cleaning() =>
        RefusedAsync("32", "--data", Csv("target,x", row => $"{row % 7},{row}", rows: 20));

    [Fact]
    public Task Duplicate_column_names() =>
        RefusedAsync("more than one column named 'x'", "--data", Csv("target,x,x", row => $"{row % 7},{row},{row}"));

    [Fact]
    public Task Dates_that_do_not_parse() => RefusedAsync(
        "the day after",
        "--data",
        Csv("date,target,x", row => $"{(row == 7 ? "the day after" : "2001-01-01")},{row % 7},{row}"));

    [Theory]
    [InlineData("--max-epochs", "-1", "maxEpochs is -1; it must be from 1 to 10000.")]
    [InlineData("--trials", "1000000000", "trials is 1000000000; it must be from 1 to 1000000.")]
    [InlineData("--trials", "many", "--trials is 'many'; it must be a whole number")]
    [InlineData("--workers", "0", "--workers is 0; it must be from 1 to 1024.")]
    [InlineData("--execution-id", "../../etc", "The execution id '../../etc' cannot be part of a path")]
    [InlineData("--search-space", "nowhere.json", "There is no search space file 'nowhere.json'")]
    [InlineData("--seed", "1.5", "--seed is '1.5'; it must be a whole number")]
    [InlineData("--device", "tpu", "Device \"tpu\" is not known")]
    [InlineData("--nonsense", "1", "--nonsense")]
    public Task An_option_that_cannot_be_used(string option, string value, string error) => RefusedAsync(error, option, value);

    [Theory]
    [InlineData("{}", "searchSpace is empty")]
    [InlineData("null", "is not what was expected in line 1, at $")]
    [InlineData("[]", "is not what was expected in line 1, at $")]
    [InlineData("""{"learningRate": {"type": "uniform", "low": "NaN", "high": 1}}""", "learningRate")]
    [InlineData("""{"learningRate": {"type": "choice", "choices": []}}""", "searchSpace.learningRate has no choices")]
    [InlineData("""{"learningRate": """, "is not what was expected")]
    public Task A_search_space_that_cannot_be_searched(string json, string error) =>
        RefusedAsync(error, "--search-space", Write("space.json", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task Every_reason_is_given_at_once()
    {
        var refused = await MacroCausalCommand.RunAsync("train", "--store", Store, "--trials", "0", "--max-epochs", "0", "--json");

        refused.ExitCode.ShouldBe(2);
        refused.Json.GetProperty("reasons").GetArrayLength().ShouldBe(2);
        refused.Json.GetProperty("status").GetString().ShouldBe("REJECTED");
    }

    [Fact]
    public Task One_feature_is_enough() => TrainedAsync(Csv("target,x", row => $"{row % 7},{row}"));

    [Fact]
    public async Task Five_thousand_features_are_not_too_many()
    {
        var random = new Random(1);
        var features = Enumerable.Range(0, 5000).Select(feature => Numbers($"x{feature}", _ => random.NextDouble()));
        await TrainedAsync(Write("wide.parquet", await ParquetAsync(new Table([.. features, Numbers("target", row => row % 7)]))));
    }

    [Fact]
    public async Task A_corrected_table_can_be_trained_on_under_the_same_id()
    {
        await RefusedAsync("text", "--data", Csv("target,x", row => $"up,{row}"), "--execution-id", "corrected");

        await TrainedAsync(Csv("target,x", row => $"{row % 7},{row}"), "corrected");
    }

    [Fact]
    public async Task What_is_refused_leaves_no_trace_among_studies_that_are_there()
    {
        await TrainedAsync(Csv("target,x", row => $"{row % 7},{row}"));
        var before = Files();

        (await MacroCausalCommand.RunAsync("train", "--store", Store, "--data", Csv("target,x", row => $"up,{row}"))).ExitCode.ShouldBe(2);

        Files().ShouldBe(before);
        using var stores = EmbeddedStores.Open(new EmbeddedStore(Store));
        (await stores.Studies.ListStudiesAsync().Select(study => study.ExecutionId).ToListAsync()).ShouldBe(["trained"]);
    }

    private List<string> Files() =>
        [.. Directory.EnumerateFileSystemEntries(Store, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private async Task RefusedAsync(string error, params string[] arguments)
    {
        var refused = await MacroCausalCommand.RunAsync(["train", "--store", Store, "--json", .. arguments]);

        refused.ExitCode.ShouldBe(2, refused.Output + refused.Errors);
        refused.Output.TrimEnd().Split('\n').ShouldHaveSingleItem();
        refused.Json.GetProperty("status").GetString().ShouldBe("REJECTED");
        refused.Json.GetProperty("reasons").GetArrayLength().ShouldBeGreaterThan(0);
        refused.Errors.Split('\n').ShouldAllBe(line => line.StartsWith("error: ", StringComparison.Ordinal));
        refused.Errors.ShouldContain(error);
        refused.Errors.ShouldNotContain("   at ");
        Directory.Exists(Path.GetDirectoryName(Store)).ShouldBeFalse("the store, and the folder that it would have been in");
    }

    private async Task TrainedAsync(string data, string executionId = "trained")
    {
        var trained = await MacroCausalCommand.RunAsync(
            "train", "--store", Store, "--data", data, "--execution-id", executionId, "--walk-forward", "0",
            "--trials", "2", "--max-epochs", "2", "--json");

        trained.ExitCode.ShouldBe(0, trained.Errors);
        trained.Json.GetProperty("status").GetString().ShouldBe("TRAINED");
    }

    private string Csv(string header, Func<int, string> line, int rows = Rows) =>
        Write("table.csv", Encoding.UTF8.GetBytes(string.Join('\n', [header, .. Enumerable.Range(0, rows).Select(line)]) + "\n"));

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_directory.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static Table Table() => new([Numbers("x", row => Math.Sin(row)), Numbers("target", row => row % 7)]);

    private static NumberColumn Numbers(string name, Func<int, double> cell) => new(name, [.. Enumerable.Range(0, Rows).Select(cell)]);

    private static async Task<byte[]> ParquetAsync(Table table)
    {
        using var stream = new MemoryStream();
        await ParquetTable.WriteAsync(table, stream);
        return stream.ToArray();
    }
}
