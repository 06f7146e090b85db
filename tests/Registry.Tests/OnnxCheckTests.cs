using System.Text;
using System.Text.Json;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;
using MacroCausal.TestKit;

namespace MacroCausal.Registry.Tests;

public sealed class OnnxCheckTests : IAsyncLifetime
{
    private RegistryHarness _registry = null!;

    public async Task InitializeAsync() => _registry = await RegistryHarness.StartAsync();

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    [Fact]
    public async Task The_stored_onnx_predicts_on_raw_gold_rows_what_the_stored_weights_do()
    {
        var gold = RepositoryRoot.GoldTable is { } path ? await File.ReadAllBytesAsync(path) : await GoldTables.SyntheticFileAsync();
        var command = await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, gold);
        await _registry.AskAsync<ModelRegistered>(command);

        var files = await _registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId));
        var table = await ParquetTable.ReadAsync(new MemoryStream(gold), "gold");
        var fitted = FittedPreprocessor.FromJson(files["scaler.json"]);
        using var predictor = new Predictor(ModelEnsemble.Read(new MemoryStream(files["model.safetensors"])));
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        var answers =
            OnnxCheck.Predict(files["model.onnx"], RawColumns.Of(table, rows, OnnxPreparations.Of(fitted, table)), rows.Length);

        var expected = predictor.Predict(fitted.Apply(table).Features);
        for (var row = 0; row < rows.Length; row++)
        {
            var tolerance = 1e-4 * fitted.TargetScale * Math.Max(1, Math.Abs(expected[row]));
            answers[row].ShouldBe((expected[row] * fitted.TargetScale) + fitted.TargetMean, tolerance, $"row {row}");
        }

        expected.Distinct().Count().ShouldBeGreaterThan(table.Rows / 2);
    }

    [Fact]
    public async Task Numbers_with_a_limit_are_clipped_in_the_graph_as_they_are_for_the_network()
    {
        var gold = await GoldTables.SyntheticFileAsync();
        var command = await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, gold);
        await _registry.AskAsync<ModelRegistered>(command with { Settings = command.Settings with { EnsembleSize = 1 } });
        var files = await _registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId));
        var table = await ParquetTable.ReadAsync(new MemoryStream(gold), "gold");
        var plain = FittedPreprocessor.FromJson(files["scaler.json"]);
        var fitted = plain with
        {
            Columns = [.. plain.Columns.Index().Select(column => column.Item with { Limit = column.Index % 2 == 0 ? 0.5 : null })],
        };
        var model = TrainedModel.Read(new MemoryStream(files["model.safetensors"]));
        using var onnx = new MemoryStream();
        var preparation = OnnxPreparations.Of(fitted, table);
        OnnxExport.Write(ModelEnsemble.Of(model), preparation, onnx);
        int[] rows = [.. Enumerable.Range(0, table.Rows)];

        var answers = OnnxCheck.Predict(onnx.ToArray(), RawColumns.Of(table, rows, preparation), rows.Length);

        using var predictor = new Predictor(model);
        var (expected, unclipped) = (predictor.Predict(fitted.Apply(table).Features), predictor.Predict(plain.Apply(table).Features));
        for (var row = 0; row < rows.Length; row++)
        {
            var tolerance = 1e-4 * fitted.TargetScale * Math.Max(1, Math.Abs(expected[row]));
            answers[row].ShouldBe((expected[row] * fitted.TargetScale) + fitted.TargetMean, tolerance, $"row {row}");
        }

        expected.Zip(unclipped).Count(both => both.First != both.Second).ShouldBeGreaterThan(rows.Length / 2);
    }

    [Theory]
    [InlineData("ar")]
    [InlineData("ridge")]
    public async Task Networks_that_learned_a_residual_forecast_the_target_in_every_file(string residualOf)
    {
        var gold = await GoldTables.SyntheticFileAsync();
        var command = await FinishedStudy.LeaveAsync(
            _registry.Objects, _registry.Studies, gold, temporalFeatures: "lags", residualOf: residualOf);
        await _registry.AskAsync<ModelRegistered>(command with { Settings = command.Settings with { EnsembleSize = 1 } });

        var files = await _registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId));
        using var metadata = JsonDocument.Parse(files["metadata.json"]);
        var split = await ParquetTable.ReadAsync(new MemoryStream(files["predictions.parquet"]), "predictions.parquet");
        var (actual, model) = (((NumberColumn)split.Find("actual")!).Values, ((NumberColumn)split.Find("model")!).Values);
        var validation = ((TextColumn)split.Find("split")!).Values.Index().Where(row => row.Item == "validation").Select(row => row.Index);

        var loss = validation.Average(row => Math.Pow(actual[row] - model[row], 2));
        loss.ShouldBe(command.BestValidationLoss, 1e-3 * command.BestValidationLoss);
        metadata.RootElement.GetProperty("onnx").GetProperty("rowsCompared").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Lags_and_averages_are_in_the_graph_and_calendar_terms_are_given()
    {
        var gold = await GoldTables.SyntheticFileAsync();
        var command = await FinishedStudy.LeaveAsync(
            _registry.Objects, _registry.Studies, gold, temporalFeatures: "lags,averages,calendar");
        await _registry.AskAsync<ModelRegistered>(command);

        var files = await _registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId));
        var table = await ParquetTable.ReadAsync(new MemoryStream(gold), "gold");
        var fitted = FittedPreprocessor.FromJson(files["scaler.json"]);
        var preparation = OnnxPreparations.Of(fitted, table);
        using var predictor = new Predictor(ModelEnsemble.Read(new MemoryStream(files["model.safetensors"])));

        // A user feeds the newest rows alone, the newest target not known yet; rows with their history are predicted as if all were there.
        int[] rows = [.. fitted.SeriesOf(table).ShouldHaveSingleItem()[^60..]];
        var raw = RawColumns.Of(fitted.WithTemporal(table), rows, preparation);
        var width = preparation.NumericColumns.Count;
        raw.Numeric[((rows.Length - 1) * width) + preparation.NumericColumns.Index().Single(column => column.Item == "target").Index] =
            double.NaN;
        var answers = OnnxCheck.Predict(files["model.onnx"], raw, rows.Length);

        var expected = predictor.Predict(fitted.Apply(table, rows).Features);
        preparation.HistoryRows.ShouldBe(12);
        for (var row = preparation.HistoryRows; row < rows.Length; row++)
        {
            var tolerance = 1e-4 * fitted.TargetScale * Math.Max(1, Math.Abs(expected[row]));
            answers[row].ShouldBe((expected[row] * fitted.TargetScale) + fitted.TargetMean, tolerance, $"row {row}");
        }

        preparation.NumericColumns.TakeLast(3).ShouldBe(["month sin", "month cos", "target"]);
        var metadata = Encoding.UTF8.GetString(files["metadata.json"]);
        metadata.ShouldContain("\"historyRows\": 12");
        metadata.ShouldContain("\"month cos\": \"cos(2 pi (month - 1) / 12)\"");
    }

    [Fact]
    public async Task A_model_that_answers_something_else_is_refused()
    {
        var command = await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, await GoldTables.SyntheticFileAsync());
        await _registry.AskAsync<ModelRegistered>(command with { Settings = command.Settings with { EnsembleSize = 1 } });
        var files = await _registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId));
        var fitted = FittedPreprocessor.FromJson(files["scaler.json"]);
        var model = TrainedModel.Read(new MemoryStream(files["model.safetensors"]));
        using var predictor = new Predictor(model);
        var preparation = OnnxPreparations.Of(fitted, GoldTables.Synthetic());
        preparation.Inputs.Single(input => input.Name == "city").HasOther.ShouldBeTrue();
        var wrong = new MemoryStream();
        OnnxExport.Write(model, preparation with { Target = new(fitted.TargetMean + (0.01 * fitted.TargetScale), fitted.TargetScale) },
            wrong);

        OnnxCheck Run(byte[] onnx) => OnnxCheck.Run(onnx, preparation, predictor, fitted, GoldTables.Synthetic());
        Run(files["model.onnx"]).MaxDifference.ShouldBeLessThan(1e-4 * fitted.TargetScale);
        Should.Throw<RegistrationException>(() => Run(wrong.ToArray())).Message.ShouldContain("row 1 of the gold table");
    }
}
