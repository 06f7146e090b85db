using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Integration.Tests.DeadLetters;

[Trait("Category", "Slow")]
public sealed class DeadLettersErrorTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>, IAsyncLifetime
{
    private SqsQueues _queues = null!;

    public async Task InitializeAsync() => _queues = await SqsQueues.CreateAsync(emulator.Aws);

    public Task DisposeAsync()
    {
        _queues.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("There is no queue 'nowhere_error'", "list", "--queue", "nowhere_error")]
    [InlineData("'run-trial' is the queue of a service", "list", "--queue", "run-trial")]
    [InlineData("add --yes", "replay")]
    [InlineData("add --yes", "purge")]
    [InlineData("--limit is 0", "purge", "--limit", "0", "--yes")]
    [InlineData("--hold is 0", "list", "--hold", "0")]
    [InlineData("--hold is 'x'", "list", "--hold", "x")]
    public async Task What_was_typed_is_refused_with_a_reason(string reason, params string[] arguments)
    {
        var ended = await _queues.RunAsync(arguments);

        ended.ExitCode.ShouldBe(2, ended.Errors);
        ended.Errors.ShouldContain(reason);
        ended.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_queue_named_those_that_are_missing_are_passed_over() =>
        (await _queues.RunAsync("list")).ExitCode.ShouldBe(0);

    [Theory]
    [InlineData("ReceiveMessage", "list")]
    [InlineData("ChangeMessageVisibilityBatch", "list")]
    [InlineData("SendMessage", "replay", "--yes")]
    public async Task Access_that_is_denied_names_the_action_and_the_queue_and_nothing_is_lost(string action, params string[] arguments)
    {
        await _queues.FailAsync("RunTrial", "e1", 1);
        using var gate = new SqsGate(emulator.Aws.Endpoint, action, refuses: true);

        var ended = await SqsQueues.RunAsync(_queues.Environment(gate.Address), [.. arguments, "--queue", _queues.Errors, "--hold", "15"]);

        ended.ExitCode.ShouldBe(1);
        var queue = action == "SendMessage" ? _queues.Queue : _queues.Errors;
        ended.Errors.ShouldContain($"allow sqs:{action.Replace("Batch", "", StringComparison.Ordinal)} on the queue '{queue}'");
        await _queues.UntilListedAsync("RunTrial-e1-1");
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_named()
    {
        var nowhere = new Uri($"http://127.0.0.1:{Services.ServiceProcess.FreePort()}");
        var ended = await SqsQueues.RunAsync(_queues.Environment(nowhere), "list", "--json");

        ended.ExitCode.ShouldBe(1);
        ended.Errors.ShouldContain("cannot be reached");
        ended.Json.GetProperty("status").GetString().ShouldBe("FAILED");
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID", "no AWS credentials were found")]
    [InlineData("AWS_REGION", "set AWS_REGION")]
    public async Task A_setting_that_is_missing_is_named(string variable, string reason)
    {
        var environment = _queues.Environment();
        environment[variable] = "";
        environment["AWS_ENDPOINT_URL"] = "";
        environment["AWS_SHARED_CREDENTIALS_FILE"] = environment["AWS_CONFIG_FILE"] = "/nowhere";

        var ended = await SqsQueues.RunAsync(environment, "list");

        ended.ExitCode.ShouldBe(1, ended.Errors);
        ended.Errors.ShouldContain(reason);
    }
}
