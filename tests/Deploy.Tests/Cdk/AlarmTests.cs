using System.Text.Json.Nodes;
using MacroCausal.Deploy.Tests.Names;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>Somebody is told where something went wrong.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class AlarmTests(SynthesizedDeployments deployments)
{
    private IReadOnlyList<Resource> Alarms => deployments.Eks.Of("AWS::CloudWatch::Alarm");

    [Fact]
    public void One_message_in_any_queue_of_failures_is_an_alarm()
    {
        foreach (var queue in BusNames.ErrorQueues.Concat(BusNames.SkippedQueues))
        {
            var alarm = On(queue, "ApproximateNumberOfMessagesVisible").ShouldHaveSingleItem();
            ((double)alarm.Properties["Threshold"]!).ShouldBe(0);
            ((int)alarm.Properties["EvaluationPeriods"]!).ShouldBe(1);
            alarm.Text("Statistic").ShouldBe("Maximum");
            alarm.Text("ComparisonOperator").ShouldBe("GreaterThanThreshold");
        }
    }

    [Fact]
    public void A_message_that_waits_too_long_is_an_alarm_on_every_queue()
    {
        foreach (var queue in BusNames.Queues)
        {
            ((double)On(queue, "ApproximateAgeOfOldestMessage").ShouldHaveSingleItem().Properties["Threshold"]!)
                .ShouldBe(queue == QueueNames.RunTrial ? 3600 : 900);
        }
    }

    [Fact]
    public void A_failed_study_is_an_alarm() => Alarms
        .Where(alarm => Dimension(alarm.Properties) == "MacroCausal_Contracts-TrainingFailed")
        .ShouldHaveSingleItem().Text("MetricName").ShouldBe("NumberOfMessagesPublished");

    [Fact]
    public void Segments_without_any_report_are_an_alarm()
    {
        var metrics = Alarms.Single(alarm => alarm.Text("AlarmName") == "macrocausal-no-progress").Properties["Metrics"]!.AsArray();

        metrics.Select(metric => metric!["MetricStat"]?["Metric"]).OfType<JsonObject>()
            .Select(metric => (Dimension(metric), (string)metric["MetricName"]!)).ShouldBe(
            [
                (QueueNames.RunTrial, "ApproximateNumberOfMessagesVisible"),
                (QueueNames.RunTrial, "ApproximateNumberOfMessagesNotVisible"),
                ("MacroCausal_Contracts-TrialEpochCompleted", "NumberOfMessagesPublished"),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Every_alarm_tells_the_topic_that_mail_comes_from()
    {
        var topic = $"arn:aws:sns:{References.Region}:{References.AccountId}:macrocausal-alarms";

        Alarms.ShouldAllBe(alarm => alarm.Properties["AlarmActions"]!.AsArray().Select(action => (string)action!).Single() == topic);
        deployments.Eks.Of("AWS::SNS::Subscription").Single(subscription => subscription.Text("Protocol") == "email").Text("TopicArn")
            .ShouldBe(topic);
    }

    private IEnumerable<Resource> On(string name, string metric) =>
        Alarms.Where(alarm => Dimension(alarm.Properties) == name && alarm.Text("MetricName") == metric);

    private static string? Dimension(JsonObject metric) => (string?)metric["Dimensions"]?[0]?["Value"];
}
