using MacroCausal.Cli.Embedded;
using MacroCausal.Contracts;
using MacroCausal.TestKit;

namespace MacroCausal.Cli.Tests;

public sealed class TrialsTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public async Task InitializeAsync()
    {
        using var stores = EmbeddedStores.Open(new EmbeddedStore(_directory.Path));
        await stores.Studies.TryAddStudyAsync(Records.Study());
        foreach (var (trial, lowest) in new[] { (0, 2.0), (1, 1.0), (2, 3.0) })
        {
            await stores.Studies.TryAddTrialAsync(Records.Trial(trial) with { Version = 0, Failure = trial == 2 ? "a\u001b[31mb" : null });
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                await stores.Studies.TryAddEpochAsync(Records.Epoch(trial, epoch) with
                {
                    Metrics = MetricValues.Losses(1, lowest + 3 - epoch),
                });
            }
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Trials_are_listed_by_their_loss_with_what_one_looks_for_in_forty_columns()
    {
        var listed = await RunAsync();

        listed.ExitCode.ShouldBe(0, listed.Errors);
        var lines = listed.Output.TrimEnd().Split('\n');
        lines[0].ShouldStartWith("trial       loss  epochs  curve");
        lines.Skip(1).Select(line => line[..24].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]).ShouldBe(["1", "0", "2"]);
        listed.Output.ShouldNotContain('\u001b');
        (await RunAsync("--json")).Json.EnumerateArray().Select(trial => trial.GetProperty("loss").GetDouble()).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task One_trial_is_shown_with_its_configuration_and_curve_and_a_wrong_number_is_refused()
    {
        var shown = (await RunAsync("--trial", "1")).Output;

        shown.ShouldMatch("(?m)^trial +1$");
        shown.ShouldMatch("(?m)^learning rate +");
        shown.ShouldMatch("(?m)^from, to +3, 1 in 3 epochs$");
        var curve = (await RunAsync("--trial", "1", "--json")).Json.GetProperty("curve");
        curve.EnumerateArray().Select(epoch => epoch.GetProperty("validationLoss").GetDouble()).ShouldBe([3, 2, 1]);
        var refused = await RunAsync("--trial", "9");
        (refused.ExitCode, refused.Errors).ShouldBe((2, $"error: The study '{Records.Arn}' has no trial 9; it has 3, from 0 on."));
    }

    private Task<Ended> RunAsync(params string[] more) =>
        MacroCausalCommand.RunAsync(["trials", Records.Arn, "--store", _directory.Path, .. more]);
}
