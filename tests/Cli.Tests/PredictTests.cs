using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Tables;

namespace MacroCausal.Cli.Tests;

public sealed class PredictTests(PredictTests.TrainedModel trained) : IClassFixture<PredictTests.TrainedModel>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("scaler.json")]
    public async Task A_file_of_the_model_that_was_changed_is_noticed(string name)
    {
        var folder = Copy();
        var path = Path.Combine(folder, name);
        var content = await File.ReadAllBytesAsync(path);
        content[^20] ^= 1;
        await File.WriteAllBytesAsync(path, content);

        await RefusedAsync($"{name} in '{folder}' is not the file that metadata.json describes", folder, "out.parquet");
    }

    [Fact]
    public async Task Metadata_that_cannot_be_read_is_one_error()
    {
        var folder = Copy();
        await File.WriteAllTextAsync(Path.Combine(folder, "metadata.json"), "{");

        await RefusedAsync($"The model in '{folder}' cannot be used", folder, "out.parquet");
    }

    [Theory]
    [InlineData("missing/out.parquet", "There is no folder")]
    [InlineData("out.xlsx", "let its name end with .parquet, .csv")]
    [InlineData("folder.parquet", "is a folder")]
    public Task An_output_that_cannot_be_written_is_refused_at_once(string output, string error)
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "folder.parquet"));

        return RefusedAsync(error, trained.Folder, output);
    }

    [Fact]
    public async Task Weights_that_are_not_those_of_the_registry_are_refused_even_where_the_metadata_was_changed_along()
    {
        var folder = Copy();
        var (weights, metadata) = (Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "metadata.json"));
        var content = await File.ReadAllBytesAsync(weights);
        var registered = Convert.ToHexStringLower(SHA256.HashData(content));
        content[^20] ^= 1;
        await File.WriteAllBytesAsync(weights, content);
        var changed = Convert.ToHexStringLower(SHA256.HashData(content));
        var described = await File.ReadAllTextAsync(metadata);
        await File.WriteAllTextAsync(metadata, described.Replace(registered, changed, StringComparison.Ordinal));

        await RefusedAsync($"has the SHA-256 {changed}, but model_good_", folder, "out.parquet", "--store", trained.Store);
    }

    [Fact]
    public async Task A_model_with_lags_predicts_from_the_rows_before_and_says_which_rows_lack_them()
    {
        var study = new[] { "--execution-id", "lags", "--trials", "2", "--max-epochs", "2", "--temporal-features", "lags" };
        var made = await MacroCausalCommand.RunAsync(["train", "--store", _directory.Path, "--walk-forward", "0", .. study]);
        made.ExitCode.ShouldBe(0, made.Errors);
        made.Output.ShouldContain("Temporal features: lags (4 columns, 4 rows of history); as asked for");

        var predicted = await MacroCausalCommand.RunAsync(
            "predict", "--model", "lags", "--data", trained.Gold, "--store", _directory.Path);

        predicted.ExitCode.ShouldBe(0, predicted.Errors);
        predicted.Errors.ShouldContain("warning: 4 of 198 rows lack some of the history that the model reads: 4 rows before a row");
        predicted.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(199);
    }

    [Fact]
    public async Task Tables_go_in_and_out_as_text_with_the_predictions_of_Parquet()
    {
        var (csv, parquet) = (Path.Combine(_directory.Path, "sample.csv"), Path.Combine(_directory.Path, "from-gold.parquet"));
        (await MacroCausalCommand.RunAsync("sample", "--out", csv)).ExitCode.ShouldBe(0);
        await PredictAsync(trained.Gold, "--out", parquet);
        var expected = await ReadAsync(parquet, ParquetTable.ReadAsync);

        foreach (var name in new[] { "out.csv", "out.tsv.gz", "out.txt.zst" })
        {
            var output = Path.Combine(_directory.Path, name);
            await PredictAsync(csv, "--out", output);
            Same(await ReadAsync(output, CsvTable.ReadAsync), expected);
        }

        var printed = await PredictAsync(csv);
        printed.Output.ShouldStartWith("date,prediction,target\n1960-01-01,");
        await using var stream = new MemoryStream(Encoding.UTF8.GetBytes(printed.Output));
        Same(await CsvTable.ReadAsync(stream, "printed"), expected);
        printed.Errors.ShouldStartWith("note: what the study showed of this model: not ");
        printed.Errors.ShouldContain("\nloss over 198 rows with a target: ");
        printed.Errors.ShouldContain("the study, on its own 40 validation rows: this model ");
        printed.Errors.ShouldContain("training mean 10.219");
        printed.Errors.ShouldContain("other rows than yours");
    }

    [Fact]
    public async Task An_interval_comes_from_rows_that_did_not_train_and_its_coverage_is_told()
    {
        var output = Path.Combine(_directory.Path, "out.parquet");
        var predicted = await PredictAsync(trained.Gold, "--out", output, "--interval", "0.9");

        predicted.Errors.ShouldMatch(
            "note: 90 % intervals are the prediction ± [0-9.]+: split conformal on 40 validation rows, which selected the model, "
            + "widened [0-9.]+-fold by the loss corrected for that; [0-9]+ of 198 rows with a target lie within");
        var table = await ReadAsync(output, ParquetTable.ReadAsync);
        double[] Column(string name) => ((NumberColumn)table.Find(name)!).Values;
        var half = (Column("prediction_high")[0] - Column("prediction_low")[0]) / 2;
        Column("prediction").Zip(Column("prediction_low")).ShouldAllBe(row => Math.Abs(row.First - half - row.Second) < 1e-9);
        var covered = Column("target").Zip(Column("prediction_low").Zip(Column("prediction_high")))
            .Count(row => row.First >= row.Second.First && row.First <= row.Second.Second);
        predicted.Errors.ShouldContain($"{covered} of 198 rows");

        var narrow = await PredictAsync(trained.Gold, "--out", output, "--interval", "0.5");
        ((NumberColumn)(await ReadAsync(output, ParquetTable.ReadAsync)).Find("prediction_high")!).Values[0]
            .ShouldBeLessThan(Column("prediction_high")[0]);
        narrow.Errors.ShouldContain("50 % intervals");
    }

    [Fact]
    public async Task What_a_prediction_is_made_of_can_be_written_beside_it()
    {
        var output = Path.Combine(_directory.Path, "out.parquet");
        await PredictAsync(trained.Gold, "--out", output, "--forecasts");

        var table = await ReadAsync(output, ParquetTable.ReadAsync);
        var metadata = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(trained.Folder, "metadata.json")))!;
        var combination = metadata["combination"]!;
        double[] Column(string name) => ((NumberColumn)table.Find(name)!).Values;
        var sum = Array.ConvertAll(Column("forecast_networks"), value => combination["networkShare"]!.GetValue<double>() * value);
        foreach (var baseline in combination["baselines"]!.AsArray())
        {
            var share = baseline!["share"]!.GetValue<double>();
            sum = [.. sum.Zip(Column("forecast_" + baseline["name"]), (all, value) => all + (share * value))];
        }

        Column("prediction").Zip(sum).ShouldAllBe(row => Math.Abs(row.First - row.Second) < 1e-4);
        Column("forecast_ridge").ShouldNotBe(Column("prediction"));
    }

    [Fact]
    public async Task Every_baseline_forecasts_what_it_forecast_in_the_study_and_rows_without_its_history_have_none()
    {
        var output = Path.Combine(_directory.Path, "out.parquet");
        var predicted = await PredictAsync(trained.Gold, "--out", output, "--forecasts");

        var table = await ReadAsync(output, ParquetTable.ReadAsync);
        var study = await ReadAsync(Path.Combine(trained.Folder, "predictions.parquet"), ParquetTable.ReadAsync);
        var splits = ((TextColumn)study.Find("split")!).Values;
        var dates = Dates(study);
        int[] validation = [.. Enumerable.Range(0, study.Rows).Where(row => splits[row] == "validation")];
        var rowOf = Dates(table).Index().ToDictionary(date => date.Item, date => date.Index);
        foreach (var name in Baseline.All.Select(baseline => baseline.Name))
        {
            var (now, then) = (((NumberColumn)table.Find("baseline_" + name)!).Values, ((NumberColumn)study.Find(name)!).Values);
            validation.ShouldAllBe(row => Math.Abs(now[rowOf[dates[row]]] - then[row]) < 1e-5, name);
        }

        double.IsNaN(((NumberColumn)table.Find("baseline_lastValue")!).Values[0]).ShouldBeTrue();
        predicted.Errors.ShouldContain("the best baseline is ");
        static DateTimeOffset[] Dates(Table of) => [.. ((DateColumn)of.Find("date")!).Values.Select(date => date!.Value)];
    }

    [Theory]
    [InlineData("1", "--interval is '1'; it must be above 0 and below 1, such as 0.9.")]
    [InlineData("much", "--interval is 'much'; it must be a finite number, with a point for decimals.")]
    [InlineData("0.99", "--interval is 0.99, but 40 rows with known errors give at most 0.975; ask for that or less.")]
    public Task An_interval_that_cannot_be_given_is_refused(string level, string error) =>
        RefusedAsync(error, trained.Folder, "out.parquet", "--interval", level);

    [Fact]
    public async Task What_had_to_be_made_up_is_counted_and_a_missing_column_is_refused()
    {
        var csv = Path.Combine(_directory.Path, "sample.csv");
        (await MacroCausalCommand.RunAsync("sample", "--out", csv)).ExitCode.ShouldBe(0);
        var lines = (await File.ReadAllLinesAsync(csv)).Select(line => line.Split(',')).ToList();
        var (unemp, infl) = (Array.IndexOf(lines[0], "unemp"), Array.IndexOf(lines[0], "infl"));
        lines.Skip(1).ToList().ForEach(line => (line[unemp], line[^1]) = ("", ""));
        lines[3][infl] = "NA";
        await File.WriteAllLinesAsync(csv, lines.Select(line => string.Join(',', line)));

        var predicted = await PredictAsync(csv);

        var said = predicted.Errors.Split('\n');
        said[0].ShouldStartWith("note: what the study showed of this model: not ");
        said[1].ShouldMatch(
            "^note: the best baseline is .*; --forecasts writes what it forecasts beside each prediction .baseline_[a-zA-Z]+..$");
        said[2..].ShouldBe(
        [
            "warning: 1 of the model's columns have no value in any row ('unemp'); the medians of the training rows took their place.",
            "warning: 1 of 198 rows lack a value in some column; the medians of the training rows took its place, "
                + "and a missing category counts as none.",
            "warning: 198 of 198 rows lack some of the history that the model reads: 4 rows before a row, their targets included; "
                + "the medians of the training rows took its place. Put earlier rows into the table.",
        ]);

        await File.WriteAllLinesAsync(csv, lines.Select(line => string.Join(',', line.Where((_, index) => index != unemp))));
        var refused = await MacroCausalCommand.RunAsync("predict", "--model", trained.Folder, "--data", csv);
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldStartWith("error: The table has no column 'unemp' (named as feature)");
    }

    [Fact]
    public async Task A_status_that_is_no_word_is_refused()
    {
        var refused = await MacroCausalCommand.RunAsync("models", "promote", "good", "--status", "", "--store", trained.Store);

        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldBe("error: --status is ''; it must be 1 to 64 letters, digits, '_' and '-', as PRODUCTION.");
    }

    private async Task<Ended> PredictAsync(string data, params string[] more)
    {
        var predicted = await MacroCausalCommand.RunAsync(["predict", "--model", trained.Folder, "--data", data, .. more]);
        predicted.ExitCode.ShouldBe(0, predicted.Errors);
        return predicted;
    }

    private static async Task<Table> ReadAsync(string path, Func<Stream, string, CancellationToken, Task<Table>> read)
    {
        await using var file = File.OpenRead(path);
        return await read(file, path, CancellationToken.None);
    }

    private static void Same(Table table, Table expected)
    {
        ((DateColumn)table.Find("date")!).Values.ShouldBe(((DateColumn)expected.Find("date")!).Values);
        ((NumberColumn)table.Find("prediction")!).Values.ShouldBe(((NumberColumn)expected.Find("prediction")!).Values);
        ((NumberColumn)table.Find("target")!).Values.ShouldBe(((NumberColumn)expected.Find("target")!).Values);
    }

    private async Task RefusedAsync(string error, string model, string output, params string[] more)
    {
        var refused = await MacroCausalCommand.RunAsync(
            ["predict", "--model", model, "--data", trained.Gold, "--out", Path.Combine(_directory.Path, output), .. more]);

        refused.ExitCode.ShouldBe(2, refused.Errors);
        refused.Errors.Split('\n').ShouldHaveSingleItem().ShouldStartWith("error: ");
        refused.Errors.ShouldContain(error);
        Directory.EnumerateFiles(_directory.Path).ShouldBeEmpty();
    }

    private string Copy()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_directory.Path, "model"));
        foreach (var file in Directory.EnumerateFiles(trained.Folder))
        {
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        }

        return folder.FullName;
    }

    /// <summary>One small model for all tests.</summary>
    public sealed class TrainedModel : IAsyncLifetime, IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public string Store => _directory.Path;

        public string Folder => Path.Combine(Store, "artifacts", "models", "good");

        public string Gold => Path.Combine(Store, "gold", "gold", "good", "processed_data.parquet");

        public async Task InitializeAsync() => (await MacroCausalCommand.RunAsync(
            "train", "--store", Store, "--execution-id", "good", "--walk-forward", "0",
            "--trials", "2", "--max-epochs", "2")).ExitCode.ShouldBe(0);

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _directory.Dispose();
    }
}
