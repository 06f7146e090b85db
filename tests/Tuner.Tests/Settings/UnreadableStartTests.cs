using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using MacroCausal.Tuner.Settings;

namespace MacroCausal.Tuner.Tests.Settings;

public sealed class UnreadableStartTests
{
    private static readonly Exception Unreadable =
        new SerializationException("An error occured.", new JsonException("The value is no number.", "$.trials", 0, 9));

    [Theory]
    [InlineData("""{"executionId":"study","trials":"many"}""")]
    [InlineData("""{"EXECUTIONID":"study","trials":"many"}""")]
    [InlineData("""{"messageType":["urn:message:x:StartTraining"],"message":{"executionId":"study","trials":"many"}}""")]
    public void A_body_that_names_its_study_is_answered_with_the_setting_that_cannot_be_read(string body)
    {
        var answer = UnreadableStart.Answer(Encoding.UTF8.GetBytes(body), Unreadable)!;

        (answer.ExecutionId, answer.InvalidInput).ShouldBe(("study", true));
        answer.Reasons.ShouldHaveSingleItem().ShouldBe(
            "StartTraining cannot be read: $.trials has a value of another type than that setting; see 'macrocausal settings --schema'.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"trials":"many"}""")]
    [InlineData("""{"executionId":7}""")]
    [InlineData("""{"executionId":{"executionId":"inner"}}""")]
    [InlineData("""{"message":"text"}""")]
    [InlineData("""{"executionId":"\ud800"}""")]
    public void A_body_that_names_no_study_has_no_answer(string body) =>
        UnreadableStart.Answer(Encoding.UTF8.GetBytes(body), Unreadable).ShouldBeNull();

    [Fact]
    public void A_failure_of_something_else_has_no_answer() =>
        UnreadableStart.Answer(Encoding.UTF8.GetBytes("""{"executionId":"study"}"""), new IOException("out of reach")).ShouldBeNull();

    [Fact]
    public void A_reason_without_a_path_is_that_of_the_reader() =>
        UnreadableStart.Answer(Encoding.UTF8.GetBytes("""{"executionId":"study"}"""), new SerializationException("It is odd."))!
            .Reasons.ShouldBe(["StartTraining cannot be read: It is odd; see 'macrocausal settings --schema'."]);
}
