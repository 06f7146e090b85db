using MacroCausal.Data.Tables;

namespace MacroCausal.Registry.Tests;

public sealed class WalkForwardTests : IAsyncLifetime
{
    private RegistryHarness _registry = null!;
    private RegisterModel _command = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryHarness.StartAsync();
        _command = await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, await GoldTables.SyntheticFileAsync());
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    [Fact]
    public async Task A_fold_forecasts_its_block_and_registers_nothing()
    {
        var forecast = await _registry.AskAsync<FoldForecast>(Fold);

        forecast.ExecutionId.ShouldBe(_command.ExecutionId);
        forecast.Forecasts.Uri.ShouldBe($"s3://artifacts/models/{_command.ExecutionId}/forecasts.parquet");
        var rows = await TableAsync(forecast.Forecasts.Uri);
        Count(rows, "validation").ShouldBe(_command.Data.ValidationRows);
        Count(rows, "test").ShouldBe(_command.Data.TestRows);
        (await _registry.ContentsAsync(ObjectKeys.Model(_command.ExecutionId))).Keys.ShouldBe(["forecasts.parquet"]);
        (await _registry.Models.FindAsync(_command.ModelId)).ShouldBeNull();
        (await _registry.AskAsync<FoldForecast>(Fold)).ShouldBe(forecast, "a repeat finds what was written");
    }

    [Fact]
    public async Task The_folds_judge_the_model_that_is_registered()
    {
        var block = (await _registry.AskAsync<FoldForecast>(Fold)).Forecasts;

        var verdict = (await _registry.AskAsync<ModelRegistered>(With(new FoldResult { Number = 1, Forecasts = block }))).Verdict!;

        var (forecasts, predictions) = (await TableAsync(block.Uri), await TableAsync(Predictions));
        var figures = verdict.WalkForward!;
        double[] errors = [.. Split(forecasts, "test", "model").Zip(Split(forecasts, "test", "actual"), (model, actual) => model - actual)];
        figures.Loss.ShouldBe(errors.Average(error => error * error), 1e-9 * figures.Loss);
        figures.Rows.ShouldBe(_command.Data.TestRows);
        verdict.Sentence.ShouldContain("in a walk-forward of 1 fold over");
        foreach (var column in new[] { "actual", "model", "best_trial", "mean" })
        {
            Split(predictions, "walk-forward", column).ShouldBe(Split(forecasts, "test", column), column);
        }

        (await _registry.Models.FindAsync(_command.ModelId))!.Metrics["walk_forward_loss"].ShouldBe(figures.Loss);
    }

    [Fact]
    public async Task A_fold_that_failed_leaves_the_verdict_to_what_else_there_is_and_its_reason_in_the_sentence()
    {
        var failed = With(new FoldResult { Number = 1, Reasons = ["No validation row is left."] });

        var verdict = (await _registry.AskAsync<ModelRegistered>(failed)).Verdict!;

        verdict.WalkForward.ShouldBeNull();
        verdict.Sentence.ShouldEndWith(
            "; there are no figures of the walk-forward, because fold 1 failed: No validation row is left");
        Count(await TableAsync(Predictions), "walk-forward").ShouldBe(0);
    }

    private static string Predictions => $"s3://artifacts/{ObjectKeys.Model(FinishedStudy.ExecutionId)}predictions.parquet";

    // As if the study were the only fold of itself: its test rows are then the block.
    private RegisterModel Fold => _command with
    {
        Settings = _command.Settings with { Fold = new WalkForwardFold(_command.ExecutionId, 1, 1) },
    };

    private RegisterModel With(FoldResult fold) =>
        _command with { Settings = _command.Settings with { WalkForward = 1 }, WalkForward = [fold] };

    private async Task<Table> TableAsync(string uri)
    {
        await using var file = File.OpenRead(_registry.Objects.PathOf(uri));
        return await ParquetTable.ReadAsync(file, uri);
    }

    private static int Count(Table table, string split) => ((TextColumn)table.Find("split")!).Values.Count(value => value == split);

    private static double[] Split(Table table, string split, string column)
    {
        var splits = ((TextColumn)table.Find("split")!).Values;
        return [.. ((NumberColumn)table.Find(column)!).Values.Where((_, row) => splits[row] == split)];
    }
}
