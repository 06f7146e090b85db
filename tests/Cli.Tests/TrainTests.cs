using System.Text.Json;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Tables;
using MacroCausal.TestKit;

namespace MacroCausal.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private const string Arn = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c9a52";

    private static readonly string[] JsonFields =
    [
        "executionId", "status", "modelId", "modelUri", "bestTrial", "bestConfig", "bestValidationLoss",
        .. Baseline.All.Select(baseline => baseline.Name + "Baseline"), "baselines", "bestBaseline", "verdict", "verdictSentence", "loss",
        "networks", "linearMembers", "correctedLoss", "correctedInterval", "difference", "differenceInterval", "walkForward", "trials",
        "trialEpochs", "seconds", "warnings",
    ];

    private static readonly string[] Deterministic = ["bestTrial", "bestValidationLoss", "bestConfig", "trials", "trialEpochs"];

    private readonly TemporaryDirectory _directory = new();

    private string Store => Path.Combine(_directory.Path, "a store");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Without_data_it_trains_on_the_sample_registers_a_model_and_shows_where_everything_is()
    {
        var trained = await MacroCausalCommand.RunAsync("train", "--store", Store, "--execution-id", "first", "--trials", "6");

        trained.ExitCode.ShouldBe(0, trained.Errors);
        trained.Errors.ShouldBeEmpty();
        trained.Output.ShouldContain("to beat: ");
        trained.Output.ShouldMatch(
            "verdict +(not shown to be better|not better|better) than .*, the best of 8 baselines in a walk-forward of 4 folds "
            + @"over 40 rows \(1999-07-01 to 2009-04-01\): loss ");
        for (var fold = 1; fold <= 4; fold++)
        {
            trained.Output.ShouldContain($"walk-forward: fold {fold} has forecast its block");
        }

        trained.Output.ShouldContain("trained model_first_");
        Directory.GetFiles(Path.Combine(Store, "artifacts", "models", "first")).Select(Path.GetFileName).Order()
            .ShouldBe([
                "baselines.json", "importance.json", "metadata.json", "model.onnx", "model.safetensors", "predictions.parquet",
                "report.html", "scaler.json", "trials.parquet",
            ]);
        var models = await MacroCausalCommand.RunAsync("models", "list", "--store", Store);
        models.Output.ShouldContain("TRAINED");
        await AssertReportAsync(Path.Combine(Store, "artifacts", "models", "first", "report.html"));
    }

    private async Task AssertReportAsync(string written)
    {
        var again = _directory.Combine("again.html");

        var report = await MacroCausalCommand.RunAsync("report", "first", "--store", Store, "--output", again);
        var unknown = await MacroCausalCommand.RunAsync("report", "second", "--store", Store);

        report.Output.ShouldBe($"report: {again}\n");
        (await File.ReadAllBytesAsync(again)).ShouldBe(await File.ReadAllBytesAsync(written));
        unknown.ExitCode.ShouldBe(2);
        unknown.Errors.ShouldStartWith("error: There is no study 'second'");
    }

    [Fact]
    public async Task On_a_gold_table_it_beats_the_training_mean_and_its_predictions_have_the_loss_that_it_reports()
    {
        var gold = RepositoryRoot.GoldTable ?? await SampleGoldAsync();

        var trained = await MacroCausalCommand.RunAsync(
            "train", "--data", gold, "--store", Store, "--execution-id", Arn, "--seed", "0", "--trials", "8",
            "--walk-forward", "0", "--json");

        trained.ExitCode.ShouldBe(0, trained.Errors);
        trained.Json.EnumerateObject().Select(field => field.Name).ShouldBe(JsonFields);
        var loss = trained.Json.GetProperty("bestValidationLoss").GetDouble();
        loss.ShouldBeLessThan(trained.Json.GetProperty("meanBaseline").GetDouble());

        var predictions = Path.Combine(_directory.Path, "predictions.parquet");
        var model = trained.Json.GetProperty("modelUri").GetString()!;
        var predicted = await MacroCausalCommand.RunAsync(
            "predict", "--model", model, "--data", gold, "--out", predictions, "--store", Store);
        predicted.ExitCode.ShouldBe(0, predicted.Errors);

        // What predicts is what is delivered: the best trial, or an ensemble.
        var delivered = trained.Json.GetProperty("loss").GetDouble();
        (await ValidationLossAsync(predictions)).ShouldBe(delivered, delivered * 1e-4);
    }

    [Fact]
    public async Task One_worker_and_one_seed_give_the_same_study_every_time()
    {
        var first = await MacroCausalCommand.RunAsync(Small("one"));
        var second = await MacroCausalCommand.RunAsync(Small("two"));

        Same(first.Json).ShouldBe(Same(second.Json));
    }

    [Fact]
    public async Task An_execution_that_is_over_is_not_trained_again()
    {
        (await MacroCausalCommand.RunAsync(Small("once"))).ExitCode.ShouldBe(0);

        var again = await MacroCausalCommand.RunAsync(Small("once"));

        again.ExitCode.ShouldBe(2);
        again.Errors.ShouldBe(
            "error: The study 'once' is over and its model is registered; "
            + $"see 'macrocausal models show once --store '{Store}'', or use another --execution-id.");
    }

    [Fact]
    public async Task An_execution_whose_trials_all_diverged_has_one_clear_failure_and_is_not_begun_anew()
    {
        var space = Path.Combine(_directory.Path, "space.json");
        await File.WriteAllTextAsync(space, """{"learningRate": {"type": "choice", "choices": [1e30]}}""");

        var diverged = await MacroCausalCommand.RunAsync([.. Small("diverged"), "--search-space", space]);
        diverged.ExitCode.ShouldBe(1);
        diverged.Json.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())
            .ShouldBe(["None of 3 trials has a model.", "trial 0: no epoch had a finite validation loss; search smaller learning rates."]);

        var again = await MacroCausalCommand.RunAsync(Small("diverged"));
        again.ExitCode.ShouldBe(2);
        again.Errors.ShouldStartWith("error: The study 'diverged' failed;");
    }

    [Fact]
    public async Task A_model_can_be_promoted_found_by_its_status_and_demoted()
    {
        (await MacroCausalCommand.RunAsync(Small("good"))).ExitCode.ShouldBe(0);

        (await MacroCausalCommand.RunAsync("models", "promote", "good", "--store", Store)).Output.ShouldContain("TRAINED -> PRODUCTION");

        var listed = await MacroCausalCommand.RunAsync("models", "list", "--status", "PRODUCTION", "--store", Store);
        listed.Output.ShouldStartWith("created (UTC)");
        listed.Output.ShouldMatch(@" target +1960-01-01\.\.1999-04-01 +good +the quarterly US figures that come with macrocausal\n");
        var shown = (await MacroCausalCommand.RunAsync("models", "show", "good", "--store", Store)).Output;
        shown.ShouldContain("PRODUCTION");
        shown.ShouldMatch(@"(?m)^created +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$");
        shown.ShouldMatch("(?m)^target +target$");
        shown.ShouldMatch("(?m)^data +the quarterly US figures that come with macrocausal$");
        shown.ShouldMatch(@"(?m)^trained on +158 rows, 1960-01-01\.\.1999-04-01$");
        shown.ShouldMatch(@"(?m)^validated on +40 rows, 1999-07-01\.\.2009-04-01$");
        (await MacroCausalCommand.RunAsync("models", "show", "bad", "--store", Store)).ExitCode.ShouldBe(2);

        var demoted = (await MacroCausalCommand.RunAsync("models", "demote", "good", "--json", "--store", Store)).Json;
        demoted.GetProperty("from").GetString().ShouldBe("PRODUCTION");
        demoted.GetProperty("status").GetString().ShouldBe("TRAINED");
        (await MacroCausalCommand.RunAsync("models", "show", "good", "--store", Store)).Output.ShouldMatch("(?m)^status +TRAINED$");
        (await MacroCausalCommand.RunAsync("models", "demote", "bad", "--store", Store)).ExitCode.ShouldBe(2);
    }

    private static string Same(JsonElement json) => string.Join(' ', Deterministic.Select(field => json.GetProperty(field).GetRawText()));

    private string[] Small(string executionId) =>
    [
        "train", "--store", Store, "--execution-id", executionId,
        "--trials", "3", "--max-epochs", "12", "--workers", "1", "--seed", "5", "--json",
    ];

    private async Task<string> SampleGoldAsync()
    {
        (await MacroCausalCommand.RunAsync(Small("sample"))).ExitCode.ShouldBe(0);
        return Path.Combine(Store, "gold", "gold", "sample", "processed_data.parquet");
    }

    // The last fifth of the rows in date order are the validation rows.
    private static async Task<double> ValidationLossAsync(string path)
    {
        await using var file = File.OpenRead(path);
        var table = await ParquetTable.ReadAsync(file, path);
        var dates = ((DateColumn)table.Find("date")!).Values;
        var predictions = ((NumberColumn)table.Find("prediction")!).Values;
        var targets = ((NumberColumn)table.Find("target")!).Values;
        var rows = Enumerable.Range(0, table.Rows).OrderBy(row => dates[row]).Where(row => double.IsFinite(targets[row])).ToList();
        return rows.Skip((int)(rows.Count * 0.8)).Average(row => Math.Pow(predictions[row] - targets[row], 2));
    }
}
