using Amazon.Runtime;
using MacroCausal.AmazonSqs.Sns;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.AmazonSqs.Tests.Sns;

[Trait("Category", "Slow")]
public sealed class SnsClientTests(EmulatorFixture emulators) : IClassFixture<EmulatorFixture>
{
    private readonly SqsBus _sqs = new(emulators.Aws);

    [Fact]
    public async Task A_topic_is_created_once_however_often_it_is_asked_for()
    {
        var first = await _sqs.BareSns.CreateTopic(_sqs.Name("topic"), [], [], CancellationToken.None);
        var second = await _sqs.BareSns.CreateTopic(_sqs.Name("topic"), [], [], CancellationToken.None);

        first.ShouldBe($"arn:aws:sns:eu-west-1:000000000000:{_sqs.Name("topic")}");
        second.ShouldBe(first);
    }

    [Fact]
    public async Task What_SNS_refuses_is_said_in_its_own_words()
    {
        const string Topic = "arn:aws:sns:eu-west-1:000000000000:nowhere";
        const string Queue = "arn:aws:sqs:eu-west-1:000000000000:nothing";
        var failure = await Should.ThrowAsync<SnsException>(() => _sqs.BareSns.Subscribe(Topic, Queue, [], CancellationToken.None));

        failure.ErrorCode.ShouldBe("NotFound");
        failure.Message.ShouldBe("Topic does not exist");
        failure.ErrorType.ShouldBe(ErrorType.Sender);
    }

    [Fact]
    public async Task Calls_are_signed_for_SNS_in_the_region_and_tried_again_where_SNS_throttles()
    {
        var faults = new Faults((_, call) => call == 1 ? Faults.Throttled : null);
        var config = new SnsConfig
        {
            ServiceURL = emulators.Aws.Endpoint.ToString(),
            AuthenticationRegion = "eu-west-1",
            HttpClientFactory = faults,
        };
        using var sns = new SnsClient(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), config);

        await sns.CreateTopic(_sqs.Name("signed"), [], [], CancellationToken.None);

        faults.Calls("CreateTopic").ShouldBe(2);
        faults.Authorization.ShouldStartWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
        faults.Authorization.ShouldContain("/eu-west-1/sns/aws4_request");
    }
}
