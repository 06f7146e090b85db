using System.Text.Json;
using MacroCausal.Integration.Tests.Services;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.DeadLetters;

/// <summary>Messages that real services could not consume.</summary>
[Collection(SharedServices.Name)]
[Trait("Category", "Slow")]
public sealed class DeadLettersServicesTests(ServicesFixture services) : IDisposable
{
    private const string Arn = "arn:aws:states:eu-west-1:123456789012:execution:macro-pipeline:";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_study_whose_table_was_gone_is_replayed_when_it_is_back_and_gives_a_model()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        const string Id = Arn + "table-gone";
        await aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));
        await aws.DropStudiesAsync();

        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 1, maxEpochs = 2 });
        var letter = await ListedAsync(aws, "study_error");
        letter.GetProperty("type").GetString().ShouldBe("StartStudy");
        letter.GetProperty("executionId").GetString().ShouldBe(Id);
        letter.GetProperty("error").GetString()!.ShouldContain("The DynamoDB table 'studies' could not be used: it does not exist");

        // The cause is still there: it comes back.
        (await ReplayAsync(aws, Id)).ShouldBe(1);
        (await ListedAsync(aws, "study_error")).GetProperty("type").GetString().ShouldBe("StartStudy");

        await aws.CreateStudiesAsync();
        (await ReplayAsync(aws, Id)).ShouldBe(1);
        var completed = await aws.WatchAsync(Id);
        completed.ExitCode.ShouldBe(0, completed.Errors + cluster.Output);
        (await SqsQueues.RunAsync(aws.Environment, "list")).Output.ShouldStartWith("no dead letters in ");
    }

    [Fact]
    public async Task What_no_consumer_knows_is_in_skipped_and_what_nobody_can_read_is_in_error()
    {
        var aws = services.Aws;
        await SendAsync(
            aws,
            "run-trial",
            """{"messageId":"7f0dbfb4-3c0b-4b4e-9a8f-111111111111","messageType":["urn:message:Elsewhere:Question"],"message":{}}""");
        await SendAsync(aws, "start-training", "this is no JSON");

        (await ListedAsync(aws, "run-trial_skipped")).GetProperty("error").GetString()
            .ShouldBe("no consumer of 'run-trial' knows this kind of message");
        (await ListedAsync(aws, "start-training_error")).GetProperty("type").ValueKind.ShouldBe(JsonValueKind.Null);

        var purge = await SqsQueues.RunAsync(aws.Environment, "purge", "--yes");
        purge.Output.ShouldContain("deleted: 2 messages; 0 left");
    }

    [Fact]
    public async Task A_study_that_failed_for_want_of_its_table_goes_on_when_it_is_resumed()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        const string Id = Arn + "no-gold-table";
        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 1, maxEpochs = 2 });
        (await aws.WatchAsync(Id)).ExitCode.ShouldBe(2);
        await aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));

        using var resume = MacroCausalProcess.Start(aws.Environment, "resume", "--aws", "--execution-id", Id);
        (await resume.EndAsync()).Output.ShouldStartWith($"asked for {Id}, which is Failed");

        await Eventually.Holds(async () => (await aws.StudyRecords.FindStudyAsync(Id))?.State == "Completed");
        (await aws.WatchAsync(Id)).ExitCode.ShouldBe(0, cluster.Output);
        using var nobody = MacroCausalProcess.Start(aws.Environment, "resume", "--aws", "--execution-id", "nobody");
        (await nobody.EndAsync()).Errors.ShouldContain("There is no study 'nobody'");
    }

    private static async Task SendAsync(LocalAws aws, string queue, string body) =>
        await aws.Sqs.SendMessageAsync((await aws.Sqs.GetQueueUrlAsync(queue)).QueueUrl, body);

    /// <summary>Waits until there is one message in a dead-letter queue, and returns what the command lists of it.</summary>
    private static async Task<JsonElement> ListedAsync(LocalAws aws, string queue)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var list = await SqsQueues.RunAsync(aws.Environment, "list", "--json");
            list.ExitCode.ShouldBe(0, list.Errors);
            var letters = list.Json.GetProperty("messages").EnumerateArray()
                .Where(letter => letter.GetProperty("queue").GetString() == queue).ToList();
            if (letters.Count > 0) return letters.ShouldHaveSingleItem();

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<int> ReplayAsync(LocalAws aws, string executionId)
    {
        var replay = await SqsQueues.RunAsync(aws.Environment, "replay", "--execution-id", executionId, "--yes", "--json");
        replay.ExitCode.ShouldBe(0, replay.Errors);
        return replay.Json.GetProperty("done").GetInt32();
    }
}
