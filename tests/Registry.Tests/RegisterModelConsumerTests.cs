using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;
using MacroCausal.Reporting.Studies;
using MacroCausal.TestKit.Stores;
using MassTransit.Testing;

namespace MacroCausal.Registry.Tests;

public sealed class RegisterModelConsumerTests : IAsyncLifetime
{
    private const string Report = "report.html";

    private static readonly string[] Artifacts =
    [
        "baselines.json", "importance.json", "metadata.json", "model.onnx", "model.safetensors", "predictions.parquet", Report,
        "scaler.json", "trials.parquet",
    ];

    private static readonly string Folder = ObjectKeys.Model(FinishedStudy.ExecutionId);
    private RegistryHarness _registry = null!;
    private FinishedStudy _study = null!;
    private RegisterModel _command = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryHarness.StartAsync();
        _study = new FinishedStudy(_registry.Objects, _registry.Studies);
        _command = await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, await GoldTables.SyntheticFileAsync());
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    [Fact]
    public async Task The_best_model_gets_its_artifacts_and_its_record()
    {
        _command = _command with { Settings = _command.Settings with { EnsembleSize = 1 } };
        var registered = await _registry.AskAsync<ModelRegistered>(_command);

        registered.ShouldBe(new ModelRegistered
        {
            ExecutionId = FinishedStudy.ExecutionId,
            ModelId = _command.ModelId,
            ModelUri = $"s3://artifacts/models/{FinishedStudy.ExecutionId}/",
            Verdict = registered.Verdict,
        });
        var verdict = registered.Verdict!;
        verdict.Looks.ShouldBe(6);
        verdict.CorrectedLoss!.Value.ShouldBe(_command.BestValidationLoss, 0.1 * _command.BestValidationLoss, "one trial has a checkpoint");
        (verdict.Difference > 0).ShouldBe(verdict.Word == "not better");
        (await _registry.AskAsync<ModelRegistered>(_command)).ShouldBe(registered, "a repeat finds the verdict on record");
        var files = await _registry.ContentsAsync(Folder);
        files.Keys.ShouldBe(Artifacts);
        TrainedModel.Read(new MemoryStream(files["model.safetensors"])).Layout.HiddenLayers.ShouldBe([16, 8]);
        files["scaler.json"].ShouldBe(await File.ReadAllBytesAsync(_registry.Objects.PathOf(_command.Data.Scaler.Uri)));
        var record = (await _registry.Models.FindAsync(_command.ModelId))!;
        (record.ExecutionId, record.ModelUri, record.Status, record.Version, record.CreatedAt)
            .ShouldBe((FinishedStudy.ExecutionId, registered.ModelUri, "TRAINED", "0.1.0", _command.StartedAt));
        record.WeightsSha256.ShouldBe(Hash(files["model.safetensors"]));
        record.Config.HiddenLayers.ShouldBe([16, 8]);
    }

    [Fact]
    public async Task What_the_model_makes_of_its_columns_is_of_the_model_that_is_delivered()
    {
        var verdict = (await _registry.AskAsync<ModelRegistered>(_command)).Verdict!;

        var files = await _registry.ContentsAsync(Folder);
        var effects = JsonNode.Parse(files["importance.json"])!;
        effects["loss"]!.GetValue<double>().ShouldBe(verdict.Loss, 1e-3 * verdict.Loss);
        effects["allRows"]!.GetValue<int>().ShouldBe(_command.Data.ValidationRows);
        var columns = effects["columns"]!.AsArray();
        columns.Sum(column => column!["features"]!.GetValue<int>()).ShouldBe(_command.Data.Features);
        Encoding.UTF8.GetString(files[Report]).ShouldContain("feature-importance");

        // The report command finds nothing to do, or does the same again.
        var request = new ReportRequest { Settings = _command.Settings, StartedAt = _command.StartedAt, Data = _command.Data };
        await _registry.Objects.DeleteAsync($"s3://artifacts/{Folder}importance.json");
        await new FeatureEffectsWriter(_registry.Objects).EnsureAsync(request);
        (await _registry.ContentsAsync(Folder))["importance.json"].ShouldBe(files["importance.json"]);
    }

    [Fact]
    public async Task The_record_holds_every_metric()
    {
        await _registry.AskAsync<ModelRegistered>(_command);

        var metrics = (await _registry.Models.FindAsync(_command.ModelId))!.Metrics;
        metrics.Keys.Order(StringComparer.Ordinal).ShouldBe(
            ((string[])[
                .. _command.Data.Baselines.Keys.Select(Baseline.MetricKey), "corrected_difference", "corrected_loss", "ensemble_loss",
                "network_share", "skill_vs_mean", "test_loss", "trial_epochs", "trials", "validation_loss", "validation_rmse",
            ]).Order(StringComparer.Ordinal));
        metrics.Keys.ShouldContain("last_value_baseline");
        metrics["validation_loss"].ShouldBe(_command.BestValidationLoss);
        metrics["validation_rmse"].ShouldBe(Math.Sqrt(_command.BestValidationLoss));
        metrics["skill_vs_mean"].ShouldBe(1 - (_command.BestValidationLoss / _command.Data.Baselines["mean"]));
        metrics["test_loss"].ShouldBeGreaterThan(0);
        metrics["network_share"].ShouldBe(0.001, 1e-5, "one network of four epochs has next to nothing beside a ridge regression");
        metrics["ensemble_loss"].ShouldBe(metrics["ridge_baseline"], 0.1 * metrics["ridge_baseline"]);
        (metrics["trials"], metrics["trial_epochs"]).ShouldBe((3, 6));
    }

    [Fact]
    public async Task Trials_whose_mean_is_better_are_delivered_together()
    {
        var command = await _study.WithMoreTrialsAsync(_command);
        var verdict = (await _registry.AskAsync<ModelRegistered>(command)).Verdict!;

        var files = await _registry.ContentsAsync(Folder);
        var ensemble = JsonNode.Parse(files["metadata.json"])!["ensemble"]!;
        double Figure(string name) => ensemble[name]!.GetValue<double>();
        var isDelivered = ensemble["delivered"]!.GetValue<bool>();
        isDelivered.ShouldBe(Figure("correctedLoss") < Figure("bestTrialCorrectedLoss"));
        isDelivered.ShouldBeTrue("networks of other seeds err in other places");
        Figure("spread").ShouldBe(Figure("memberLoss") - Figure("loss"), 1e-9);
        var members = ensemble["members"]!.AsArray();
        members.Count.ShouldBeGreaterThan(1);
        var model = ModelEnsemble.Read(new MemoryStream(files["model.safetensors"]));
        var selections = members.Sum(member => member!["weight"]!.GetValue<int>());
        var combination = JsonNode.Parse(files["metadata.json"])!["combination"]!;
        var share = combination["networkShare"]!.GetValue<double>();
        members.Zip(model.Members).ShouldAllBe(member => Math.Abs(
            model.ShareOf(member.Second) - (share * member.First!["weight"]!.GetValue<int>() / selections)) < 1e-12);
        verdict.Networks.ShouldBe(members.Count);
        (verdict.Loss, verdict.CorrectedLoss).ShouldBe(
            (combination["loss"]!.GetValue<double>(), combination["correctedLoss"]!.GetValue<double>()));
        combination["networksCorrectedLoss"]!.GetValue<double>().ShouldBe(Figure("correctedLoss"));

        // What is delivered is the networks and the ridge regression, which is the baseline of that name.
        var baseline = combination["baselines"]!.AsArray().ShouldHaveSingleItem()!;
        (baseline["name"]!.GetValue<string>(), baseline["share"]!.GetValue<double>()).ShouldBe(("ridge", 1 - share));
        baseline["loss"]!.GetValue<double>().ShouldBe(command.Data.Baselines["ridge"], 1e-4 * command.Data.Baselines["ridge"]);
        verdict.LinearMembers!["ridge"].ShouldBe(1 - share);
        verdict.Sentence.ShouldContain(FormattableString.Invariant($"{1 - share:P0} a ridge regression"));

        var predictions = await ParquetTable.ReadAsync(new MemoryStream(files["predictions.parquet"]), "predictions");
        double[] Column(string name) => ((NumberColumn)predictions.Find(name)!).Values;
        var isValidation = ((TextColumn)predictions.Find("split")!).Values.Select(split => split == "validation").ToArray();
        double Loss(string name, bool validation) => Column(name)
            .Zip(Column("actual"), (forecast, actual) => Math.Pow(forecast - actual, 2))
            .Where((_, row) => isValidation[row] == validation).Average();
        Loss("model", true).ShouldBe(verdict.Loss, 1e-4 * verdict.Loss);
        Loss("best_trial", true).ShouldBe(command.BestValidationLoss, 1e-4 * command.BestValidationLoss);
        Loss("ridge", true).ShouldBe(command.Data.Baselines["ridge"], 1e-9);
        var metrics = (await _registry.Models.FindAsync(command.ModelId))!.Metrics;
        metrics["test_loss"].ShouldBe(Loss("model", false), 1e-4 * metrics["test_loss"]);
        (metrics["validation_loss"], metrics["ensemble_members"]).ShouldBe((command.BestValidationLoss, members.Count));
    }

    [Fact]
    public async Task An_ensemble_of_one_is_the_best_trial()
    {
        var command = await _study.WithMoreTrialsAsync(_command);
        command = command with { Settings = command.Settings with { EnsembleSize = 1 } };
        var verdict = (await _registry.AskAsync<ModelRegistered>(command)).Verdict!;

        (verdict.Networks, verdict.Loss, verdict.LinearMembers).ShouldBe((1, command.BestValidationLoss, null));
        var files = await _registry.ContentsAsync(Folder);
        JsonNode.Parse(files["metadata.json"])!["ensemble"].ShouldBeNull();
        JsonNode.Parse(files["metadata.json"])!["combination"].ShouldBeNull();
        TrainedModel.Read(new MemoryStream(files["model.safetensors"])).Layout.HiddenLayers.ShouldBe([16, 8]);
    }

    [Fact]
    public async Task Without_the_baselines_forecasts_nothing_is_shown_and_the_reason_is_said()
    {
        var older = _command with { Data = _command.Data with { BaselineForecasts = null, Baselines = Known(1e9) } };
        var verdict = (await _registry.AskAsync<ModelRegistered>(older)).Verdict!;

        verdict.Word.ShouldBe("not shown");
        verdict.CorrectedLoss.ShouldBeNull();
        verdict.Sentence.ShouldContain("because the baselines' forecasts were not kept");
    }

    [Fact]
    public async Task A_trial_whose_checkpoint_is_gone_leaves_the_figures_uncorrected_and_the_model_registered()
    {
        await _registry.Studies.TryAddTrialAsync(
            Records.Trial(3) with { Checkpoint = new("s3://artifacts/gone.safetensors", new string('0', 64)), BestEpoch = 1 });

        var verdict = (await _registry.AskAsync<ModelRegistered>(_command)).Verdict!;

        verdict.Word.ShouldNotBe("better");
        verdict.Sentence.ShouldContain("because a trial's checkpoint cannot be used: 's3://artifacts/gone.safetensors' is not there");
    }

    [Fact]
    public async Task A_study_without_test_rows_has_no_test_loss()
    {
        var command =
            await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, await GoldTables.SyntheticFileAsync(), testFraction: 0);
        await _registry.AskAsync<ModelRegistered>(command);

        (await _registry.Models.FindAsync(command.ModelId))!.Metrics.Keys.ShouldNotContain("test_loss");
    }

    [Fact]
    public async Task The_metadata_tells_what_the_model_was_made_of()
    {
        await _registry.AskAsync<ModelRegistered>(_command);

        var files = await _registry.ContentsAsync(Folder);
        var metadata = JsonNode.Parse(files["metadata.json"])!;
        foreach (var name in Artifacts.Where(name => name is not ("metadata.json" or "importance.json" or Report)))
        {
            metadata["artifacts"]![name]!.GetValue<string>().ShouldBe(Hash(files[name]));
        }

        metadata["inputs"]!["gold"]!["sha256"]!.GetValue<string>().ShouldBe(Hash(await GoldTables.SyntheticFileAsync()));
        metadata["inputs"]!["checkpoint"].Deserialize<ObjectReference>(JsonSerializerOptions.Web).ShouldBe(_command.Checkpoint);
        metadata["inputs"]!["test"].Deserialize<ObjectReference>(JsonSerializerOptions.Web).ShouldBe(_command.Data.Test);
        (metadata["seeds"]!["study"]!.GetValue<long>(), metadata["seeds"]!["trial"]!.GetValue<long>()).ShouldBe((42, 99));
        metadata["startedAt"]!.GetValue<DateTimeOffset>().ShouldBe(_command.StartedAt);
        metadata["versions"]!["torchSharp"]!.GetValue<string>().ShouldStartWith("0.107.0");
        Texts(metadata["engines"]!).ShouldBe(["cpu"]);
        metadata["baselines"]!["ridge"]!.GetValue<double>().ShouldBe(_command.Data.Baselines["ridge"]);
        metadata["verdict"]!["bestBaseline"]!.GetValue<string>().ShouldBe(Baseline.BestOf(_command.Data.Baselines).Key);
        metadata["data"]!["profile"]!["columns"]!.GetValue<int>().ShouldBe(13);
        metadata["data"]!["profile"]!["trainDates"].ShouldNotBeNull();
        Texts(metadata["onnx"]!["numericColumns"]!).ShouldBe(["growth", "quarter", "recession", "rate", "gaps"]);
        Texts(metadata["onnx"]!["textColumns"]!).ShouldBe(["regime", "half", "city"]);
        metadata["onnx"]!["rowsCompared"]!.GetValue<int>().ShouldBe(240);
    }

    [Fact]
    public async Task Every_trial_and_every_epoch_is_in_the_trials_table()
    {
        await _registry.AskAsync<ModelRegistered>(_command);

        var table = await ParquetTable.ReadAsync(new MemoryStream((await _registry.ContentsAsync(Folder))["trials.parquet"]), "trials");
        Numbers(table, "trial").ShouldBe([0, 0, 1, 1, 1, 1, 2]);
        Numbers(table, "epoch").ShouldBe([1, 2, 1, 2, 3, 4, double.NaN]);
        ((TextColumn)table.Find("status")!).Values.ShouldBe(
            ["paused", "paused", "completed", "completed", "completed", "completed", "failed"]);
        ((BooleanColumn)table.Find("is_best")!).Values.Index().Single(row => row.Item is true).Index.ShouldBe(1 + _command.BestEpoch);
    }

    [Fact]
    public async Task The_other_checkpoints_are_deleted_and_everything_else_stays()
    {
        await _registry.AskAsync<ModelRegistered>(_command);

        (await _registry.ContentsAsync(ObjectKeys.Checkpoints(FinishedStudy.ExecutionId))).Keys.ShouldBe(["000001/00004.safetensors"]);
        (await _registry.ContentsAsync(ObjectKeys.Data(FinishedStudy.ExecutionId))).Count.ShouldBe(8);
    }

    [Fact]
    public async Task The_same_message_twice_gives_the_same_event_and_the_same_bytes()
    {
        await _registry.AskAsync<ModelRegistered>(_command);
        var first = await _registry.ContentsAsync("");
        await _registry.SendAsync(_command);

        var events = await _registry.PublishedAsync<ModelRegistered>(2);
        events.Count.ShouldBe(2);
        JsonSerializer.Serialize(events[1]).ShouldBe(JsonSerializer.Serialize(events[0]));
        (await _registry.ContentsAsync("")).ShouldBe(first, new SameContent());
        (await _registry.Models.ListAsync().CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_registration_that_died_before_its_record_writes_the_same_bytes_again()
    {
        await using var other = await RegistryHarness.StartAsync();
        var again = await FinishedStudy.LeaveAsync(other.Objects, other.Studies, await GoldTables.SyntheticFileAsync());
        await _registry.AskAsync<ModelRegistered>(_command);
        await other.AskAsync<ModelRegistered>(again);

        (await other.ContentsAsync(Folder)).ShouldBe(await _registry.ContentsAsync(Folder), new SameContent());
    }

    [Fact]
    public async Task A_missing_checkpoint_is_told_in_one_sentence_and_nothing_is_deleted()
    {
        await _registry.Objects.DeleteAsync(_command.Checkpoint.Uri);

        await ShouldFailAsync(_command, $"'{_command.Checkpoint.Uri}' is not there");
        (await _registry.ContentsAsync(ObjectKeys.Checkpoints(FinishedStudy.ExecutionId))).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_checkpoint_that_was_changed_is_refused()
    {
        await _registry.Objects.PutAsync(_command.Checkpoint.Uri, new MemoryStream([1, 2, 3]));

        await ShouldFailAsync(_command, "it was changed or damaged");
    }

    [Fact]
    public async Task A_checkpoint_of_another_best_epoch_is_refused() =>
        await ShouldFailAsync(_command with { BestEpoch = _command.BestEpoch + 1 }, "holds the weights of epoch");

    [Fact]
    public async Task Weights_that_do_not_give_the_loss_that_was_reported_are_refused() =>
        await ShouldFailAsync(_command with { BestValidationLoss = _command.BestValidationLoss * 1.05 }, "was reported for trial 1");

    [Fact]
    public async Task A_scaler_of_another_width_is_refused()
    {
        var command = _command with { Data = _command.Data with { Scaler = await NarrowerScalerAsync() } };

        await ShouldFailAsync(command, "features, but");
    }

    [Fact]
    public async Task A_gold_table_that_lost_a_column_is_refused()
    {
        var table = GoldTables.Synthetic();
        var stream = new MemoryStream();
        await ParquetTable.WriteAsync(new Table([.. table.Columns.Where(column => column.Name != "growth")]), stream);
        stream.Position = 0;
        await _registry.Objects.PutAsync(ObjectKeys.Uri("gold", ObjectKeys.GoldTable(FinishedStudy.ExecutionId)), stream);

        await ShouldFailAsync(_command, "no column 'growth'");
    }

    [Fact]
    public async Task A_best_trial_without_a_record_is_refused() =>
        await ShouldFailAsync(_command with { BestTrial = 77 }, "no record of trial 77");

    private async Task ShouldFailAsync(RegisterModel command, string reason)
    {
        var failed = await _registry.AskAsync<RegistrationFailed>(command);

        failed.ExecutionId.ShouldBe(FinishedStudy.ExecutionId);
        failed.Reason.ShouldContain(reason);
        failed.Reason.ShouldNotContain("\n");
        (await _registry.ContentsAsync(Folder)).ShouldBeEmpty();
        (await _registry.Models.ListAsync().CountAsync()).ShouldBe(0);
        (await _registry.ContentsAsync(ObjectKeys.Checkpoints(FinishedStudy.ExecutionId))).Count.ShouldBeGreaterThanOrEqualTo(3);
    }

    private async Task<ObjectReference> NarrowerScalerAsync()
    {
        var scaler = JsonNode.Parse(await File.ReadAllBytesAsync(_registry.Objects.PathOf(_command.Data.Scaler.Uri)))!;
        scaler["columns"]!.AsArray().RemoveAt(0);
        return await _registry.Objects.PutAsync("s3://artifacts/other/scaler.json",
            new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(scaler)));
    }

    private static double[] Numbers(Table table, string column) => ((NumberColumn)table.Find(column)!).Values;

    private static string[] Texts(JsonNode array) => [.. array.AsArray().Select(text => text!.GetValue<string>())];

    private static Dictionary<string, double> Known(double mean) => new() { [Baseline.Mean] = mean };

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private sealed class SameContent : IEqualityComparer<KeyValuePair<string, byte[]>>
    {
        public bool Equals(KeyValuePair<string, byte[]> x, KeyValuePair<string, byte[]> y) =>
            x.Key == y.Key && x.Value.AsSpan().SequenceEqual(y.Value);

        public int GetHashCode(KeyValuePair<string, byte[]> obj) => StringComparer.Ordinal.GetHashCode(obj.Key);
    }
}
