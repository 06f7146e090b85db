using MacroCausal.Cli.Embedded;
using MacroCausal.Contracts;
using MacroCausal.TestKit;

namespace MacroCausal.Cli.Tests;

public sealed class StudiesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_study_is_listed_shown_and_deleted_and_its_model_stays_until_it_is_asked_for()
    {
        var trained = await RunAsync("train", "--execution-id", "small-study", "--trials", "2", "--max-epochs", "2", "--workers", "1");
        trained.ExitCode.ShouldBe(0, trained.Errors);

        var listed = (await RunAsync("studies", "list", "--json")).Json[0];
        listed.GetProperty("executionId").GetString().ShouldBe("small-study");
        listed.GetProperty("state").GetString().ShouldBe("Completed");
        (listed.GetProperty("trialsDone").GetInt32(), listed.GetProperty("trialsAsked").GetInt32()).ShouldBe((2, 2));
        var lines = (await RunAsync("studies", "list", "--state", "completed")).Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(2);
        lines[1].ShouldMatch(@"^\S+ \S+  Completed +2/2 +\S+  .*small-study$");
        (await RunAsync("studies", "list", "--state", "Failed", "--json")).Json.GetArrayLength().ShouldBe(0);

        var shown = (await RunAsync("studies", "show", "small-study", "--json")).Json;
        shown.GetProperty("settings").GetProperty("trials").GetInt32().ShouldBe(2);
        shown.GetProperty("settings").TryGetProperty("maxEpochs", out _).ShouldBeTrue();
        shown.GetProperty("settings").TryGetProperty("patience", out _).ShouldBeFalse();
        shown.GetProperty("best").GetProperty("loss").GetDouble().ShouldBe(listed.GetProperty("bestLoss").GetDouble());
        var text = (await RunAsync("studies", "show", "small-study")).Output;
        text.ShouldContain("verdict");
        text.ShouldContain("\nrung ");
        var artifacts = shown.GetProperty("artifacts").GetString()!;
        File.Exists(Path.Combine(artifacts, "model.safetensors")).ShouldBeTrue();

        var deleted = await RunAsync("studies", "delete", "small-study", "--yes");
        deleted.Output.ShouldMatch("^deleted small-study: its records and [0-9]+ objects; the model model_small-study_.* stays\n$");
        (await RunAsync("studies", "list", "--json")).Json.GetArrayLength().ShouldBe(0);
        Directory.Exists(Path.Combine(_directory.Path, "artifacts", "runs")).ShouldBeFalse();
        Directory.Exists(Path.Combine(_directory.Path, "gold", "gold")).ShouldBeFalse();
        File.Exists(Path.Combine(artifacts, "model.safetensors")).ShouldBeTrue();
        (await RunAsync("models", "show", "small-study")).ExitCode.ShouldBe(0);
        var again = await RunAsync("train", "--execution-id", "small-study");
        again.Errors.ShouldMatch(
            "^error: The model 'model_small-study_.*' of an earlier study 'small-study', which was deleted, is registered;");
    }

    [Fact]
    public async Task With_its_model_nothing_is_left_of_a_study()
    {
        await RunAsync("train", "--execution-id", "small-study", "--trials", "1", "--max-epochs", "1", "--walk-forward", "0");

        var deleted = (await RunAsync("studies", "delete", "small-study", "--with-model", "--yes", "--json")).Json;

        deleted.GetProperty("status").GetString().ShouldBe("DELETED");
        (await RunAsync("models", "show", "small-study")).ExitCode.ShouldBe(2);
        Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName)
            .ShouldAllBe(name => name!.StartsWith("macrocausal.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_study_that_runs_in_another_process_is_cancelled_through_its_record_and_resumed_where_it_stopped()
    {
        // The lock keeps this process out as it would another.
        var training = RunAsync(
            "train", "--execution-id", "long-study", "--trials", "100000", "--max-epochs", "1000", "--scheduler", "none", "--workers", "1");
        await WaitForEpochsAsync(training, "long-study", 5);
        (await RunAsync("studies", "delete", "long-study", "--yes")).Errors.ShouldStartWith(
            "error: The study 'long-study' is Searching; cancel it first, with '");

        var cancelled = await RunAsync("studies", "cancel", "long-study", "--json");

        cancelled.ExitCode.ShouldBe(0, cancelled.Errors);
        cancelled.Json.GetProperty("status").GetString().ShouldBe("CANCELLED");
        var trained = await training;
        trained.ExitCode.ShouldBe(1);
        trained.Errors.ShouldStartWith("error: cancelled while searching; ");
        (await RunAsync("studies", "list")).Output.ShouldContain("Failed (cancelled)");
        (await RunAsync("studies", "cancel", "long-study")).Output.ShouldBe("long-study is over already: Failed\n");
        (await RunAsync("train", "--execution-id", "long-study")).Errors.ShouldStartWith("error: The study 'long-study' was cancelled; ");

        var epochs = await EpochsAsync("long-study");
        using var interrupt = new CancellationTokenSource();
        var resumed = RunAsync(interrupt.Token, "resume", "--execution-id", "long-study", "--workers", "1");
        await WaitForEpochsAsync(resumed, "long-study", epochs + 1);
        await interrupt.CancelAsync();
        (await resumed).ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task A_study_that_runs_in_another_process_is_paused_through_its_record_and_goes_on_there()
    {
        using var interrupt = new CancellationTokenSource();
        var training = RunAsync(
            interrupt.Token, "train", "--execution-id", "held-study", "--trials", "100000", "--max-epochs", "2", "--scheduler", "none",
            "--workers", "1", "--walk-forward", "0");
        await WaitForEpochsAsync(training, "held-study", 3);

        var paused = await RunAsync("studies", "pause", "held-study", "--json");

        paused.ExitCode.ShouldBe(0, paused.Errors);
        paused.Json.GetProperty("status").GetString().ShouldBe("PAUSED");
        (await RunAsync("studies", "list")).Output.ShouldContain("Searching (paused)");
        (await RunAsync("studies", "show", "held-study", "--json")).Json.GetProperty("pausedAt").GetDateTimeOffset();
        await WaitUntilIdleAsync("held-study");
        var epochs = await EpochsAsync("held-study");
        var resumed = await RunAsync("resume", "--execution-id", "held-study");
        resumed.Output.ShouldBe("held-study goes on in the process that runs it\n", resumed.Errors);
        await WaitForEpochsAsync(training, "held-study", epochs + 1);
        await interrupt.CancelAsync();
        (await training).ExitCode.ShouldBe(130);
        (await RunAsync("studies", "pause", "held-study")).Output.ShouldStartWith("no process runs held-study, so nothing of it starts; ");
    }

    [Fact]
    public async Task A_study_that_nobody_runs_any_more_is_ended_with_the_best_model_that_it_has()
    {
        using var interrupt = new CancellationTokenSource();
        var training = RunAsync(
            interrupt.Token, "train", "--execution-id", "left-study", "--trials", "100000", "--max-epochs", "1", "--workers", "1");
        await WaitForEpochsAsync(training, "left-study", 3);
        await interrupt.CancelAsync();
        (await training).ExitCode.ShouldBe(130);

        var ended = await RunAsync("studies", "cancel", "left-study", "--register-best", "--json");

        ended.ExitCode.ShouldBe(0, ended.Errors);
        ended.Json.GetProperty("status").GetString().ShouldBe("TRAINED");
        var model = await RunAsync("models", "show", ended.Json.GetProperty("modelId").GetString()!);
        model.ExitCode.ShouldBe(0, model.Errors);
    }

    [Fact]
    public async Task An_unknown_id_is_answered_with_the_nearest_ones()
    {
        await RunAsync("train", "--execution-id", "monthly-gdp", "--trials", "1", "--max-epochs", "1", "--walk-forward", "0");

        foreach (var command in new[] { "show", "cancel" })
        {
            var unknown = await RunAsync("studies", command, "montly-gdp", "--json");
            unknown.ExitCode.ShouldBe(2);
            unknown.Errors.ShouldContain("There is no study 'montly-gdp' in '");
            unknown.Errors.ShouldContain("; the nearest are 'monthly-gdp'.");
            unknown.Json.GetProperty("executionId").GetString().ShouldBe("montly-gdp");
            unknown.Output.TrimEnd().Split('\n').ShouldHaveSingleItem();
        }
    }

    private Task<Ended> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    private Task<Ended> RunAsync(CancellationToken interrupt, params string[] arguments) =>
        MacroCausalCommand.RunAsync(interrupt, [.. arguments, "--store", _directory.Path]);

    private Task WaitForEpochsAsync(Task<Ended> running, string executionId, int epochs) => Eventually.Holds(async () =>
    {
        if (await EpochsAsync(executionId) >= epochs) return true;
        running.IsCompleted.ShouldBeFalse(running.IsCompleted ? (await running).Errors : null);
        return false;
    });

    // What ran when the study was paused has come to its milestone.
    private async Task WaitUntilIdleAsync(string executionId)
    {
        using var stores = EmbeddedStores.OpenExisting(new EmbeddedStore(_directory.Path));
        await Eventually.Holds(async () =>
            !await stores.Studies.ListTrialsAsync(executionId).AnyAsync(trial => trial.Status == TrialStatus.Running));
    }

    private async Task<int> EpochsAsync(string executionId)
    {
        if (!File.Exists(Path.Combine(_directory.Path, "macrocausal.db"))) return 0;
        using var stores = EmbeddedStores.OpenExisting(new EmbeddedStore(_directory.Path));
        return await stores.Studies.ListEpochsAsync(executionId).CountAsync();
    }
}
