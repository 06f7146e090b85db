namespace MacroCausal.Integration.Tests;

/// <summary>The executable itself: what it prints, and what one process says to another.</summary>
[Trait("Category", "Slow")]
public sealed class TrainProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Store => Path.Combine(_directory.Path, "a store");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_executable_trains_on_the_sample_and_says_so_on_standard_output_alone()
    {
        var trained = await MacroCausalProcess.RunAsync(
            "train", "--store", Store, "--execution-id", "first", "--trials", "2", "--max-epochs", "4");

        trained.ExitCode.ShouldBe(0, trained.Errors);
        trained.Errors.ShouldBeEmpty();
        trained.Output.ShouldContain("trained model_first_");
    }

    [Fact]
    public async Task An_execution_that_runs_is_not_run_twice_and_an_interrupted_one_can_be_resumed()
    {
        using var running = MacroCausalProcess.Start(Long("busy"));

        // It stands still while others are tried, so that it cannot come to its end before.
        await running.SaysAsync("trial", running.Pause);
        var second = await MacroCausalProcess.RunAsync(Long("busy"));
        second.ExitCode.ShouldBe(2);
        second.Errors.ShouldStartWith("error: The study 'busy' is running in another process");

        running.Interrupt();
        running.Continue();
        var stopped = await running.EndAsync();
        stopped.ExitCode.ShouldBe(130, stopped.Errors);
        stopped.Json.GetProperty("status").GetString().ShouldBe("STOPPED");
        stopped.Json.GetProperty("resume").GetString().ShouldBe($"{Resume} --store '{Store}'");

        var again = await MacroCausalProcess.RunAsync(Long("busy"));
        again.ExitCode.ShouldBe(2);
        again.Errors.ShouldContain($"go on with '{Resume} --store ");

        var resumed = await MacroCausalProcess.RunAsync("resume", "--execution-id", "busy", "--store", Store, "--json");
        resumed.ExitCode.ShouldBe(0, resumed.Errors);
        resumed.Json.GetProperty("trials").GetInt32().ShouldBe(40);
    }

    [Theory]
    [InlineData("\"$0\" \"$@\" >&-", "it was closed")]
    [InlineData("\"$0\" \"$@\" <&- >&-", "it was closed")]
    [InlineData("\"$0\" \"$@\" > /dev/full", "No space left on device")]
    public async Task Where_standard_output_cannot_be_written_the_model_is_registered_all_the_same(string line, string reason)
    {
        foreach (var (id, more) in new[] { ("lines", Array.Empty<string>()), ("json", ["--json"]) })
        {
            var trained = await MacroCausalProcess.RunInShellAsync(line, [.. Tiny(id), .. more]);

            trained.ExitCode.ShouldBe(0, trained.Errors);
            trained.Errors.ShouldContain($"warning: standard output could not be written ({reason}");
            trained.Errors.ShouldContain($"the model model_{id}_");
            trained.Errors.ShouldNotContain("   at ");
        }

        var listed = await MacroCausalProcess.RunInShellAsync(line, "models", "list", "--store", Store);
        listed.ExitCode.ShouldBe(1);
        listed.Errors.ShouldStartWith($"error: Standard output could not be written ({reason}");
    }

    [Fact]
    public async Task Nobody_need_read_to_the_end_nor_at_all()
    {
        var head = await MacroCausalProcess.RunInShellAsync("{ \"$0\" \"$@\"; echo ended with $? >&2; } | head -1", Tiny("head"));
        head.Errors.ShouldBe("ended with 0");
        head.Output.TrimEnd().Split('\n').ShouldHaveSingleItem();

        (await MacroCausalProcess.RunInShellAsync("\"$0\" \"$@\" <&- >&- 2>&-", Tiny("unseen"))).ExitCode.ShouldBe(0);
        var listed = await MacroCausalProcess.RunAsync("models", "list", "--store", Store);
        listed.Output.ShouldContain("unseen");
    }

    [Fact]
    public async Task SIGTERM_is_told_to_the_shell_as_shells_count_it()
    {
        using var running = MacroCausalProcess.Start(Long("terminated"));
        await running.SaysAsync("trial");
        running.Terminate();

        var ended = await running.EndAsync();
        ended.ExitCode.ShouldBe(143, ended.Errors);
        ended.Json.GetProperty("status").GetString().ShouldBe("STOPPED");
    }

    [Fact]
    public async Task What_comes_next_can_be_pasted_and_a_pipe_can_be_predicted_for()
    {
        var trained = await MacroCausalProcess.RunAsync(Tiny("next"));
        var next = trained.Output.Split('\n').Single(line => line.StartsWith("  next", StringComparison.Ordinal))["  next".Length..].Trim();
        var shown = await MacroCausalProcess.RunInShellAsync(next);
        shown.ExitCode.ShouldBe(0, shown.Errors);
        shown.Output.ShouldContain("next");

        var predicted = await MacroCausalProcess.RunInShellAsync(
            "\"$0\" sample --out - | \"$0\" \"$@\"", "predict", "--model", "next", "--store", Store, "--data", "-");
        predicted.ExitCode.ShouldBe(0, predicted.Errors);
        predicted.Output.ShouldStartWith("date,prediction,target\n1960-01-01,");
        predicted.Errors.ShouldStartWith("note: what the study showed of this model: not ");
        predicted.Errors.ShouldContain("\nloss over 198 rows with a target: ");
    }

    private static string Resume => $"{MacroCausalProcess.Executable} resume --execution-id busy";

    private string[] Tiny(string executionId) =>
        ["train", "--store", Store, "--execution-id", executionId, "--walk-forward", "0", "--trials", "2", "--max-epochs", "2"];

    private string[] Long(string executionId) =>
        ["train", "--store", Store, "--execution-id", executionId, "--walk-forward", "0", "--trials", "40", "--json"];
}
