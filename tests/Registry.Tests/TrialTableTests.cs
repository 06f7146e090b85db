using MacroCausal.Data.Tables;
using MacroCausal.Storage;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Registry.Tests;

public sealed class TrialTableTests
{
    [Fact]
    public void The_columns_are_named_as_the_readers_of_trials_parquet_expect() =>
        TrialTable.Of([], [], 0, 1).Columns.Select(column => column.Name).ShouldBe(
        [
            "trial", "epoch", "status", "learning_rate", "batch_size", "hidden_layers", "dropout", "weight_decay",
            "train_loss", "validation_loss", "validation_rmse", "validation_mae", "validation_r2", "seconds", "runner", "is_best",
        ]);

    [Fact]
    public void A_row_holds_the_trials_hyperparameters_and_the_epochs_figures()
    {
        var table = TrialTable.Of([Records.Trial(5)], [Records.Epoch(5, 3)], bestTrial: 5, bestEpoch: 3);

        (Number(table, "trial"), Number(table, "epoch"), Text(table, "status")).ShouldBe((5, 3, "running"));
        (Number(table, "learning_rate"), Number(table, "batch_size"), Text(table, "hidden_layers")).ShouldBe((1.25e-3, 64, "[128, 64]"));
        (Number(table, "dropout"), Number(table, "weight_decay")).ShouldBe((0.1 + 0.2, 1e-5));
        (Number(table, "train_loss"), Number(table, "validation_loss"), Number(table, "seconds"), Text(table, "runner"))
            .ShouldBe((1.0 / 5, 1.1 / 5, 0.003, "runner-ä-1"));
        ((BooleanColumn)table.Find("is_best")!).Values.ShouldBe([true]);
    }

    [Fact]
    public void A_hyperparameter_that_is_not_searched_by_default_has_a_column_where_a_trial_has_it()
    {
        var gelu = Records.Trial(5) with { Config = Records.Config with { Activation = "gelu" } };

        var table = TrialTable.Of([Records.Trial(4), gelu], [], bestTrial: 5, bestEpoch: 1);

        ((TextColumn)table.Find("activation")!).Values.ShouldBe(["relu", "gelu"]);
        table.Columns[8].Name.ShouldBe("activation");
    }

    [Fact]
    public void A_metric_that_this_version_does_not_know_gets_a_column_after_the_losses()
    {
        var epochs = new[] { Records.Epoch(5, 1), Records.Epoch(5, 2) with { Metrics = Records.Epoch(5, 2).Metrics.With("epoch", 0.25) } };
        var table = TrialTable.Of([Records.Trial(5)], epochs, bestTrial: 5, bestEpoch: 2);

        var names = table.Columns.Select(column => column.Name).ToList();
        names.IndexOf("metric_epoch").ShouldBe(names.IndexOf("validation_loss") + 1);
        table.Find("metric_epoch")!.IsMissing(0).ShouldBeTrue();
        ((NumberColumn)table.Find("metric_epoch")!).Values[1].ShouldBe(0.25);
    }

    [Fact]
    public void Losses_are_told_as_root_and_share_of_the_variance_and_the_absolute_error_at_the_best_epoch_alone()
    {
        var epochs = new[] { Records.Epoch(5, 1), Records.Epoch(5, 2) };
        var trial = Records.Trial(5) with { BestEpoch = 2 };
        var table = TrialTable.Of([trial], epochs, 5, 2, variance: 4, new Dictionary<int, double> { [5] = 0.75 });

        double[] Column(string name) => ((NumberColumn)table.Find(name)!).Values;
        Column("validation_rmse").ShouldBe(Column("validation_loss").Select(Math.Sqrt));
        Column("validation_r2").ShouldBe(Column("validation_loss").Select(loss => 1 - (loss / 4)));
        Column("validation_mae").ShouldBe([double.NaN, 0.75]);
    }

    [Fact]
    public void A_trial_without_epochs_has_one_row_without_an_epoch()
    {
        var table = TrialTable.Of([Records.Trial(0), Records.Trial(1)], [Records.Epoch(0, 1)], 0, 1);

        table.Rows.ShouldBe(2);
        table.Find("epoch")!.IsMissing(1).ShouldBeTrue();
        table.Find("runner")!.IsMissing(1).ShouldBeTrue();
        ((BooleanColumn)table.Find("is_best")!).Values.ShouldBe([true, false]);
    }

    [Fact]
    public void Every_status_has_a_word_of_its_own()
    {
        var trials = Enum.GetValues<TrialStatus>().Select(status => Records.Trial((int)status) with { Status = status }).ToArray();

        ((TextColumn)TrialTable.Of(trials, [], 0, 1).Find("status")!).Values
            .ShouldBe(["running", "paused", "completed", "stopped", "failed"]);
    }

    private static double Number(Table table, string column) => ((NumberColumn)table.Find(column)!).Values[0];

    private static string? Text(Table table, string column) => ((TextColumn)table.Find(column)!).Values[0];
}
