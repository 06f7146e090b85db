using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Cli.Progress;
using MacroCausal.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Tests;

/// <summary>The queue of a watch; <c>deploy/cdk</c> gives rights by these names (OrchestratorTests of Deploy.Tests).</summary>
public sealed class WatchQueueTests
{
    [Fact]
    public void Each_watch_has_a_queue_of_its_own_subscribed_to_what_it_follows()
    {
        using var first = AwsHost.Build(new StudyWatch("any", null!));
        using var second = AwsHost.Build(new StudyWatch("any", null!));
        var (queue, topics) = WatchOf(first);

        queue.ShouldStartWith("study-watch");
        WatchOf(second).Queue.ShouldNotBe(queue, "two that share a queue take each other's events");
        topics.ShouldBe(
            new[]
            {
                typeof(DataPrepared), typeof(TrialEpochCompleted), typeof(TrialFailed), typeof(FoldEnded), typeof(TrainingCompleted),
                typeof(TrainingFailed),
            }.Select(type => "MacroCausal_Contracts-" + type.Name),
            ignoreOrder: true);
    }

    private static (string Queue, IReadOnlyList<string> Topics) WatchOf(IHost host)
    {
        var probe = JsonSerializer.SerializeToNode(host.Services.GetRequiredService<IBusControl>().GetProbeResult().Results)!;
        var transport = probe["bus"]!["host"]!["receiveEndpoint"]!.AsArray().Select(endpoint => endpoint!["receiveTransport"]!)
            .Single(transport => transport["topics"] is JsonArray { Count: > 0 });
        return ((string)transport["queueName"]!, [.. transport["topics"]!.AsArray().Select(topic => (string)topic!)]);
    }
}
