using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Integration.Tests.DeadLetters;

[Trait("Category", "Slow")]
public sealed class DeadLettersTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>, IAsyncLifetime
{
    private SqsQueues _queues = null!;

    public async Task InitializeAsync() => _queues = await SqsQueues.CreateAsync(emulator.Aws);

    public Task DisposeAsync()
    {
        _queues.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_list_says_what_each_message_is_and_takes_none_away()
    {
        await _queues.FailAsync("RunTrial", "e1", 7, "the checkpoint is gone");

        var first = await _queues.RunAsync("list", "--queue", _queues.Errors, "--json");
        var again = await _queues.RunAsync("list", "--queue", _queues.Errors);

        first.ExitCode.ShouldBe(0, first.Errors);
        var letter = first.Json.GetProperty("messages").EnumerateArray().ShouldHaveSingleItem();
        letter.GetProperty("messageId").GetString().ShouldBe("RunTrial-e1-7");
        letter.GetProperty("type").GetString().ShouldBe("RunTrial");
        letter.GetProperty("executionId").GetString().ShouldBe("e1");
        letter.GetProperty("trial").GetInt32().ShouldBe(7);
        letter.GetProperty("from").GetString().ShouldBe(_queues.Queue);
        letter.GetProperty("error").GetString().ShouldBe("the checkpoint is gone");
        letter.GetProperty("faultedAt").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        again.Output.ShouldContain($"{_queues.Errors}: 1 message\n");
        again.Output.ShouldContain("RunTrial-e1-7");
    }

    [Fact]
    public async Task Two_hundred_messages_are_listed_once_each_and_replayed_once_each()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (trial, _) => await _queues.FailAsync("RunTrial", "e1", trial));

        var list = await _queues.RunAsync("list", "--queue", _queues.Errors, "--json");
        var replay = await _queues.RunAsync("replay", "--queue", _queues.Errors, "--yes", "--json");

        list.Json.GetProperty("messages").EnumerateArray().Select(letter => letter.GetProperty("trial").GetInt32()).Order()
            .ShouldBe(Enumerable.Range(0, 200));
        replay.Json.GetProperty("done").GetInt32().ShouldBe(200, replay.Errors);
        (await _queues.DrainAsync(_queues.Queue)).Select(message => message.Body).Distinct().Count().ShouldBe(200);
        (await _queues.DrainAsync(_queues.Errors)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(new[] { "--execution-id", "e2" }, new[] { "RunTrial-e2-2", "SweepStudy-e2-3" })]
    [InlineData(new[] { "--type", "runtrial" }, new[] { "RunTrial-e1-1", "RunTrial-e2-2" })]
    [InlineData(new[] { "--execution-id", "e2", "--type", "RunTrial" }, new[] { "RunTrial-e2-2" })]
    [InlineData(new[] { "--message-id", "SweepStudy-e2-3" }, new[] { "SweepStudy-e2-3" })]
    [InlineData(new[] { "--type", "Nothing" }, new string[0])]
    public async Task Only_what_is_chosen_is_replayed(string[] filter, string[] expected)
    {
        await FailThreeAsync();

        var dry = await _queues.RunAsync(["replay", "--queue", _queues.Errors, "--dry-run", "--json", .. filter]);
        var untouched = await _queues.DrainAsync(_queues.Queue);
        var replay = await _queues.RunAsync(["replay", "--queue", _queues.Errors, "--yes", "--json", .. filter]);

        Ids(dry).ShouldBe(expected, ignoreOrder: true);
        untouched.ShouldBeEmpty();
        replay.Json.GetProperty("done").GetInt32().ShouldBe(expected.Length);
        (await _queues.DrainAsync(_queues.Queue)).Count.ShouldBe(expected.Length);
        (await _queues.DrainAsync(_queues.Errors)).Count.ShouldBe(3 - expected.Length);
    }

    [Fact]
    public async Task A_limit_takes_no_more_and_the_rest_is_visible_at_once()
    {
        await FailThreeAsync();

        var replay = await _queues.RunAsync("replay", "--queue", _queues.Errors, "--limit", "2", "--yes", "--json");

        replay.Json.GetProperty("left").GetInt32().ShouldBe(1);
        (await _queues.DrainAsync(_queues.Queue)).Count.ShouldBe(2);
        (await _queues.DrainAsync(_queues.Errors)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_purge_deletes_what_is_chosen_and_sends_nothing()
    {
        await FailThreeAsync();

        var purge = await _queues.RunAsync("purge", "--queue", _queues.Errors, "--execution-id", "e2", "--yes");

        purge.Output.ShouldContain("deleted: 2 messages; 1 left");
        (await _queues.DrainAsync(_queues.Queue)).ShouldBeEmpty();
        (await _queues.DrainAsync(_queues.Errors)).ShouldHaveSingleItem().Body.ShouldContain("\"e1\"");
    }

    private async Task FailThreeAsync()
    {
        await _queues.FailAsync("RunTrial", "e1", 1);
        await _queues.FailAsync("RunTrial", "e2", 2);
        await _queues.FailAsync("SweepStudy", "e2", 3);
    }

    private static IEnumerable<string?> Ids(Ended ended) =>
        ended.Json.GetProperty("messages").EnumerateArray().Select(letter => letter.GetProperty("messageId").GetString());
}
