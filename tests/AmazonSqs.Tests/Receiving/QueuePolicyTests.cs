using System.Text.Json;
using MacroCausal.AmazonSqs.Receiving;

namespace MacroCausal.AmazonSqs.Tests.Receiving;

public sealed class QueuePolicyTests
{
    private const string Queue = "arn:aws:sqs:eu-west-1:123456789012:orders";
    private const string First = "arn:aws:sns:eu-west-1:123456789012:first";
    private const string Second = "arn:aws:sns:eu-west-1:123456789012:second";

    [Fact]
    public void A_queue_without_topics_needs_no_policy() => QueuePolicy.Allow(null, Queue, []).ShouldBeNull();

    [Fact]
    public void A_policy_that_allows_all_topics_already_is_left_alone() =>
        QueuePolicy.Allow(QueuePolicy.Allow(null, Queue, [First, Second]), Queue, [Second]).ShouldBeNull();

    [Fact]
    public void A_topic_is_added_to_the_statement_that_exists() =>
        Sources(QueuePolicy.Allow(QueuePolicy.Allow(null, Queue, [First]), Queue, [First, Second])!).ShouldBe([First, Second]);

    [Theory]
    [InlineData("\"arn:aws:sns:eu-west-1:123456789012:first\"")]
    [InlineData("[\"arn:aws:sns:eu-west-1:123456789012:first\"]")]
    public void A_policy_that_another_service_wrote_is_understood_whether_it_has_one_value_or_a_list(string source)
    {
        var policy = $$"""
            {"Version":"2012-10-17","Statement":{"Sid":"x","Effect":"Allow",
             "Principal":{"Service":"sns.amazonaws.com"},"Action":["sqs:SendMessage"],"Resource":["{{Queue}}"],
             "Condition":{"ArnLike":{"aws:SourceArn":{{source}}} } } }
            """;

        QueuePolicy.Allow(policy, Queue, [First]).ShouldBeNull();
        Sources(QueuePolicy.Allow(policy, Queue, [Second])!).ShouldBe([First, Second]);
    }

    [Fact]
    public void A_pattern_for_all_topics_of_the_account_is_enough()
    {
        var policy = QueuePolicy.Allow(null, Queue, ["arn:aws:sns:eu-west-1:123456789012:*"]);

        QueuePolicy.Allow(policy, Queue, [First]).ShouldBeNull();
    }

    [Fact]
    public void Statements_of_others_are_kept()
    {
        const string Others = """
            {"Version":"2012-10-17","Statement":[
             {"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}
            """;

        var statements = JsonElement.Parse(QueuePolicy.Allow(Others, Queue, [First])!).GetProperty("Statement").EnumerateArray().ToList();

        statements.Count.ShouldBe(2);
        statements[0].GetProperty("Effect").GetString().ShouldBe("Deny");
        statements[0].GetProperty("Condition").GetProperty("Bool").GetProperty("aws:SecureTransport").GetString().ShouldBe("false");
    }

    private static IEnumerable<string?> Sources(string policy) =>
        JsonElement.Parse(policy)
            .GetProperty("Statement").EnumerateArray().Last()
            .GetProperty("Condition").GetProperty("ArnLike").GetProperty("aws:SourceArn").EnumerateArray()
            .Select(arn => arn.GetString());
}
