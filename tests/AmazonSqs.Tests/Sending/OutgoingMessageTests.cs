using CsCheck;
using MacroCausal.AmazonSqs.Sending;
using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Sending;

public sealed class OutgoingMessageTests
{
    private static readonly Uri Destination = new("amazonsqs://eu-west-1/orders");
    private static readonly Dictionary<string, string> NoAttributes = [];

    [Fact]
    public void A_message_of_exactly_1_MiB_with_its_attributes_is_taken_and_one_byte_more_is_not()
    {
        var attributes = new Dictionary<string, string> { ["Name"] = "value" };
        var room = OutgoingMessage.MaxBytes - "Name".Length - "String".Length - "value".Length;

        OutgoingMessage.Create(Destination, new string('x', room), attributes).Size.ShouldBe(1024 * 1024);
        Error(new string('x', room + 1), attributes).ShouldContain("1048577 bytes");
    }

    [Fact]
    public void Bytes_are_counted_not_characters() =>
        Error(new string('\u20ac', 400_000), NoAttributes).ShouldContain("1200000 bytes");

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(1, 1)]
    [InlineData(1.5, 2)]
    [InlineData(900, 900)]
    public void A_delay_is_rounded_up_to_whole_seconds(double delay, int seconds) =>
        OutgoingMessage.Create(Destination, "", NoAttributes, TimeSpan.FromSeconds(delay)).DelaySeconds.ShouldBe(seconds);

    [Theory]
    [InlineData("")]
    [InlineData("AWS.Trace")]
    [InlineData("amazon.trace")]
    [InlineData("two..dots")]
    [InlineData(".dot")]
    [InlineData("dot.")]
    [InlineData("colon:")]
    public void A_name_that_SQS_refuses_is_an_error_that_names_it(string name) =>
        Error("", new Dictionary<string, string> { [name] = "value" }).ShouldContain($"'{name}'");

    [Theory]
    [InlineData("traceparent")]
    [InlineData("MT-Redelivery-Count")]
    [InlineData("a.b_c-9")]
    public void A_name_that_SQS_takes_is_taken(string name) =>
        OutgoingMessage.Create(Destination, "", new Dictionary<string, string> { [name] = "value" }).Attributes.Keys.ShouldContain(name);

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("stüdy")]
    public void A_group_that_SQS_refuses_is_an_error_that_names_it(string group) =>
        Should.Throw<TransportException>(() => OutgoingMessage.Create(Destination, "", NoAttributes, groupId: group))
            .Message.ShouldContain($"'{group}'");

    [Fact]
    public void A_group_of_128_characters_is_taken_and_one_more_is_not()
    {
        OutgoingMessage.Create(Destination, "", NoAttributes, groupId: new string('~', 128)).GroupId!.Length.ShouldBe(128);
        Should.Throw<TransportException>(() => OutgoingMessage.Create(Destination, "", NoAttributes, groupId: new string('~', 129)));
    }

    [Fact]
    public void What_is_trimmed_always_fits_and_keeps_the_first_attributes() =>
        Gen.Select(Gen.Int[0, OutgoingMessage.MaxBytes], Gen.Int[1, 4000].List[0, 20]).Sample((bodyBytes, lengths) =>
        {
            var attributes = lengths.Select((length, number) => KeyValuePair.Create($"Name{number}", new string('v', length))).ToList();

            var message = OutgoingMessage.Trim(new string('x', bodyBytes), attributes);

            message.Size.ShouldBeLessThanOrEqualTo(OutgoingMessage.MaxBytes);
            message.Attributes.Count.ShouldBeLessThanOrEqualTo(OutgoingMessage.MaxAttributes);
            message.Attributes.ShouldBe(attributes.Take(message.Attributes.Count), ignoreOrder: true);
        }, iter: 200);

    [Theory]
    [InlineData("with space", 'v')]
    [InlineData("AWS.Trace", 'v')]
    [InlineData("Name", '\u0001')]
    [InlineData("Name", '\ud800')]
    [InlineData("Name", '\udc00')]
    [InlineData("Name", '\ufffe')]
    public void What_SQS_would_refuse_is_trimmed(string name, char value)
    {
        KeyValuePair<string, string>[] attributes = [new(name, $"{value}{value}"), new("Empty", ""), new("Kept", "\ud83d\ude00 \t")];

        OutgoingMessage.Trim("x", attributes).Attributes.Keys.ShouldBe(["Kept"]);
    }

    private static string Error(string body, Dictionary<string, string> attributes) =>
        Should.Throw<TransportException>(() => OutgoingMessage.Create(Destination, body, attributes)).Message;
}
