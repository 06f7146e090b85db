using Amazon.SQS.Model;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Integration.Tests.DeadLetters;

[Trait("Category", "Slow")]
public sealed class DeadLettersReplayTests(EmulatorFixture emulator) : IClassFixture<EmulatorFixture>, IAsyncLifetime
{
    private SqsQueues _queues = null!;

    public async Task InitializeAsync() => _queues = await SqsQueues.CreateAsync(emulator.Aws);

    public Task DisposeAsync()
    {
        _queues.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_replayed_message_has_its_body_and_its_own_attributes_and_no_fault()
    {
        await _queues.FailAsync("RunTrial", "e1", 7);

        (await _queues.RunAsync("replay", "--queue", _queues.Errors, "--yes")).ExitCode.ShouldBe(0);

        var message = (await _queues.DrainAsync(_queues.Queue)).ShouldHaveSingleItem();
        message.Body.ShouldBe(SqsQueues.Body("RunTrial", "e1", 7));
        message.MessageAttributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value.StringValue)
            .ShouldBe(
                new Dictionary<string, string> { ["Content-Type"] = "application/vnd.masstransit+json", ["tenant"] = "a" },
                ignoreOrder: true);
    }

    [Fact]
    public async Task What_SQS_moved_itself_is_listed_and_replayed()
    {
        var url = await _queues.UrlAsync(_queues.Queue);
        var arn = (await _queues.Client.GetQueueAttributesAsync(await _queues.UrlAsync(_queues.Errors), ["QueueArn"])).QueueARN;
        var policy = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":1}""";
        await _queues.Client.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = policy });
        await _queues.SendAsync(_queues.Queue, SqsQueues.Body("RunTrial", "e1", 1));
        var received = await _queues.Client.ReceiveMessageAsync(new ReceiveMessageRequest(url) { VisibilityTimeout = 0 });
        received.Messages.Count.ShouldBe(1);
        (await _queues.DrainAsync(_queues.Queue)).ShouldBeEmpty();

        var list = await _queues.RunAsync("list", "--queue", _queues.Errors);
        await _queues.RunAsync("replay", "--queue", _queues.Errors, "--yes");

        list.Output.ShouldContain("received too often");
        (await _queues.DrainAsync(_queues.Queue)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_queue_of_another_name_is_replayed_to_where_it_is_told()
    {
        await _queues.Client.CreateQueueAsync(_queues.Queue + "-lost");
        await _queues.SendAsync(_queues.Queue + "-lost", "{}");

        var told = await _queues.RunAsync("replay", "--queue", _queues.Queue + "-lost", "--yes");
        told.ExitCode.ShouldBe(2);
        told.Errors.ShouldContain("--to QUEUE");
        (await _queues.RunAsync("replay", "--queue", _queues.Queue + "-lost", "--to", _queues.Queue, "--yes")).ExitCode.ShouldBe(0);

        (await _queues.DrainAsync(_queues.Queue)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_replay_that_is_killed_between_sending_and_deleting_loses_nothing()
    {
        await _queues.FailAsync("RunTrial", "e1", 7);
        using var gate = new SqsGate(emulator.Aws.Endpoint, "DeleteMessage", refuses: false);

        string[] command = ["deadletters", "replay", "--queue", _queues.Errors, "--yes", "--hold", "15"];
        using (var replay = MacroCausalProcess.Start(_queues.Environment(gate.Address), command))
        {
            var ending = replay.EndAsync();
            await Task.WhenAny(gate.Reached, ending);
            replay.Kill();
            (await ending).Errors.ShouldBeEmpty();
        }

        (await _queues.DrainAsync(_queues.Queue)).ShouldHaveSingleItem();
        await _queues.UntilListedAsync("RunTrial-e1-7");
    }

    [Fact]
    public async Task Plain_JSON_garbage_and_control_characters_are_listed_and_replayed_as_they_are()
    {
        string[] bodies = ["""{"executionId":"plain","trial":1}""", "garbage", """{"executionId":"\u001b[31mred"}"""];
        foreach (var body in bodies)
        {
            await _queues.SendAsync(_queues.Errors, body);
        }

        var list = await _queues.RunAsync("list", "--queue", _queues.Errors);
        await _queues.RunAsync("replay", "--queue", _queues.Errors, "--yes");

        list.Output.ShouldContain("plain");
        list.Output.ShouldContain("?[31mred");
        list.Output.ShouldNotContain("\u001b");
        (await _queues.DrainAsync(_queues.Queue)).Select(message => message.Body).ShouldBe(bodies, ignoreOrder: true);
    }
}
