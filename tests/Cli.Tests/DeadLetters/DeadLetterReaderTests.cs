using Amazon.SQS.Model;
using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Tests.DeadLetters;

public sealed class DeadLetterReaderTests
{
    private static readonly DateTimeOffset Sent = new(2026, 11, 23, 2, 14, 9, TimeSpan.Zero);

    [Fact]
    public void The_error_is_one_line_and_the_time_is_that_of_the_move()
    {
        var letter = DeadLetterReader.Read(
            "study_error", Received(("MT-Reason", "fault"), ("MT-Fault-Message", "first\r\n  second\t third")));

        letter.Error.ShouldBe("first second third");
        letter.FaultedAt.ShouldBe(Sent);
        letter.From.ShouldBe("study");
    }

    [Fact]
    public void The_timestamp_of_the_official_transport_counts_where_there_is_one() =>
        DeadLetterReader.Read("x_error", Received(("MT-Fault-Timestamp", "2026-11-23T01:02:03.0000000Z")))
            .FaultedAt.ShouldBe(new DateTimeOffset(2026, 11, 23, 1, 2, 3, TimeSpan.Zero));

    [Fact]
    public void A_skipped_message_says_that_no_consumer_knows_it() =>
        DeadLetterReader.Read("run-trial_skipped", Received(("MT-Reason", "dead-letter")))
            .Error.ShouldBe("no consumer of 'run-trial' knows this kind of message");

    [Fact]
    public void SQS_knows_best_where_a_message_came_from_that_it_moved_itself()
    {
        var message = Received();
        message.Attributes["DeadLetterQueueSourceArn"] = "arn:aws:sqs:eu-west-1:123456789012:run-trial";

        var letter = DeadLetterReader.Read("all-dead-letters", message);

        letter.From.ShouldBe("run-trial");
        letter.FaultedAt.ShouldBeNull();
        letter.Error.ShouldContain("received too often");
    }

    [Fact]
    public void The_address_in_the_fault_headers_names_the_queue_where_nothing_else_does() =>
        DeadLetterReader.Read("mine", Received(("MT-Fault-InputAddress", "amazonsqs://eu-west-1/register-model?durable=true")))
            .From.ShouldBe("register-model");

    [Fact]
    public void A_queue_of_any_name_with_a_message_of_any_kind_comes_from_nowhere() =>
        DeadLetterReader.Read("mine", Received()).From.ShouldBeNull();

    [Fact]
    public void A_message_goes_again_with_its_own_attributes_and_without_the_faults() => DeadLetterReader.OwnAttributes(Received(
            ("Content-Type", "application/json"), ("MT-Reason", "fault"), ("MT-Fault-Message", "m"), ("MT-Host-MachineName", "h"),
            ("MT-Redelivery-Count", "3"), ("MT-MessageType", "t"), ("tenant", "a")))
        .Keys.Order().ShouldBe(["Content-Type", "MT-MessageType", "tenant"]);

    private static Message Received(params (string Name, string Value)[] attributes) => new()
    {
        MessageId = "sqs",
        Body = "{}",
        Attributes = new() { ["SentTimestamp"] = $"{Sent.ToUnixTimeMilliseconds()}" },
        MessageAttributes = attributes.ToDictionary(
            attribute => attribute.Name,
            attribute => new MessageAttributeValue { DataType = "String", StringValue = attribute.Value }),
    };
}
