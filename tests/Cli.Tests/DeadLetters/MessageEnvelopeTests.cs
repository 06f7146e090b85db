using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Tests.DeadLetters;

public sealed class MessageEnvelopeTests
{
    [Fact]
    public void An_envelope_says_id_type_study_and_trial() => MessageEnvelope.Read(
        """{"messageId":"m1","messageType":["urn:message:MacroCausal.Contracts:RunTrial"],"message":{"executionId":"e1","trial":7}}""")
        .ShouldBe(new MessageEnvelope("m1", "RunTrial", "e1", 7));

    [Fact]
    public void A_fault_is_of_the_study_of_the_message_that_it_is_about() => MessageEnvelope.Read(
        """
        {"messageId":"m2",
         "messageType":["urn:message:MassTransit:Fault[[MacroCausal.Contracts:PrepareData]]","urn:message:MassTransit:Fault"],
         "message":{"faultId":"f","message":{"executionId":"e2"}}}
        """)
        .ShouldBe(new MessageEnvelope("m2", "Fault<PrepareData>", "e2", null));

    [Fact]
    public void Plain_JSON_says_its_study_whatever_the_case() =>
        MessageEnvelope.Read("""{"ExecutionID":"e3","Trial":2}""").ShouldBe(new MessageEnvelope(null, null, "e3", 2));

    [Fact]
    public void What_SNS_has_wrapped_is_read_inside() => MessageEnvelope.Read(
        """{"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":"{\"executionId\":\"e4\"}"}""")
        .ExecutionId.ShouldBe("e4");

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"executionId":17,"trial":"x"}""")]
    [InlineData("""{"executionId":null,"trial":1e99,"message":[1]}""")]
    [InlineData("""{"messageType":[],"message":null}""")]
    [InlineData("""{"messageType":[5],"message":{}}""")]
    public void A_body_that_says_nothing_is_no_error(string body) =>
        MessageEnvelope.Read(body).ShouldBe(new MessageEnvelope(null, null, null, null));

    [Theory]
    [InlineData("urn:message:MacroCausal.Contracts:RunTrial", "RunTrial")]
    [InlineData("urn:message:A:Pair[[B:Left],[C:Right]]", "Pair<Left, Right>")]
    [InlineData("no urn", "no urn")]
    [InlineData("", "")]
    [InlineData("[[", "<>")]
    public void The_short_name_of_a_type(string urn, string name) => MessageEnvelope.ShortName(urn).ShouldBe(name);
}
