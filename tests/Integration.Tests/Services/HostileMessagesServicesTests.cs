using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.SQS.Model;
using MacroCausal.Contracts;
using MacroCausal.TestKit;
using Xunit.Abstractions;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>Whatever is put on the queues of real services, it is consumed or put aside, and the next study is as good as ever.</summary>
[Collection(SharedServices.Name)]
[Trait("Category", "Slow")]
public sealed partial class HostileMessagesServicesTests(ServicesFixture services, ITestOutputHelper output) : IDisposable
{
    private const string Id = "arn:aws:states:eu-west-1:123456789012:execution:macro-pipeline:after-hostile-messages";

    private static readonly string[] Queues =
        [QueueNames.StartTraining, QueueNames.Study, QueueNames.PrepareData, QueueNames.RunTrial, QueueNames.RegisterModel];

    // MACROCAUSAL_HOSTILE_MESSAGES=5000 dotnet test tests/Integration.Tests -c Release --filter FullyQualifiedName~HostileMessagesServices
    private static readonly int Messages = int.Parse(
        Environment.GetEnvironmentVariable("MACROCAUSAL_HOSTILE_MESSAGES") ?? "200", CultureInfo.InvariantCulture);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Hostile_messages_on_every_queue_are_consumed_or_put_aside_and_the_next_study_gives_a_model()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        var messages = Enumerable.Range(0, Messages).Select(HostileMessage.Of).ToList();
        var before = await FreeSlotsAsync(cluster);
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (message, token) =>
        {
            var url = (await aws.Sqs.GetQueueUrlAsync(message.Queue, token)).QueueUrl;
            await aws.Sqs.SendMessageAsync(
                new SendMessageRequest(url, message.Body) { MessageAttributes = message.Attributes }, token);
        });

        foreach (var queue in Queues)
        {
            await Eventually.Holds(async () => await CountAsync(queue) == 0);
        }

        var aside = new HashSet<string>(StringComparer.Ordinal);
        foreach (var queue in Queues.SelectMany(queue => new[] { queue + "_error", queue + "_skipped" }))
        {
            var found = await TakeAllAsync(queue);
            output.WriteLine($"{queue}: {found.Count}");
            found.ShouldAllBe(mark => aside.Add(mark), "nothing is put aside twice");
        }

        output.WriteLine($"{Messages} sent, {aside.Count} put aside, {Messages - aside.Count} consumed");
        messages.Where(message => message.IsUnreadable).Select(message => message.Mark).Except(aside).ShouldBeEmpty();
        aside.Except(messages.Select(message => message.Mark)).ShouldBeEmpty();

        await aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));
        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 2, maxEpochs = 2 });
        (await aws.WatchAsync(Id)).ExitCode.ShouldBe(0, cluster.Output);
        await Eventually.Holds(async () => (await FreeSlotsAsync(cluster)).SequenceEqual(before));
    }

    private static async Task<IReadOnlyList<string>> FreeSlotsAsync(Cluster cluster)
    {
        var metrics = await Task.WhenAll(ServicesFixture.Services.Select(service => cluster[service].MetricsAsync()));
        return [.. metrics.SelectMany(text => FreeSlots().Matches(text).Select(match => match.Value)).Order(StringComparer.Ordinal)];
    }

    private async Task<int> CountAsync(string queue)
    {
        var attributes = (await services.Aws.Sqs.GetQueueAttributesAsync(
            (await services.Aws.Sqs.GetQueueUrlAsync(queue)).QueueUrl,
            ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]));
        return attributes.ApproximateNumberOfMessages + attributes.ApproximateNumberOfMessagesNotVisible;
    }

    /// <summary>Takes what is in a queue of messages put aside; the marks of what we had sent.</summary>
    private async Task<List<string>> TakeAllAsync(string queue)
    {
        var sqs = services.Aws.Sqs;
        var url = (await sqs.CreateQueueAsync(queue)).QueueUrl;
        var marks = new List<string>();
        while (await CountAsync(queue) > 0)
        {
            var received = await sqs.ReceiveMessageAsync(new ReceiveMessageRequest(url) { MaxNumberOfMessages = 10 });
            foreach (var message in received.Messages ?? [])
            {
                marks.AddRange(Mark().Matches(message.Body).Select(match => match.Value).Distinct());
                await sqs.DeleteMessageAsync(url, message.ReceiptHandle);
            }
        }

        return marks;
    }

    [GeneratedRegex("hostile-[0-9]{6}-")]
    private static partial Regex Mark();

    [GeneratedRegex("^macrocausal_free_slots.*$", RegexOptions.Multiline)]
    private static partial Regex FreeSlots();
}
