using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using MacroCausal.AmazonSqs.Sending;

namespace MacroCausal.AmazonSqs.Sns;

/// <summary>
/// The SNS operations that a bus needs, on top of AWSSDK.Core: its signing, retries, credentials chain and endpoint settings.
/// AWSSDK.SimpleNotificationService is not in the package feed that this project builds against.
/// </summary>
internal sealed class SnsClient : AmazonServiceClient
{
    private static readonly InvokeOptions Options = new()
    {
        RequestMarshaller = new SnsRequest.Marshaller(),
        ResponseUnmarshaller = new SnsResponse.Unmarshaller(),
    };

    public SnsClient(SnsConfig config)
        : base(config)
    {
    }

    public SnsClient(AWSCredentials credentials, SnsConfig config)
        : base(credentials, config)
    {
    }

    protected override IServiceMetadata ServiceMetadata { get; } = new Metadata();

    /// <summary>Creates the topic, or finds an existing one; returns its ARN.</summary>
    public async Task<string> CreateTopic(
        string name,
        IEnumerable<KeyValuePair<string, string>> attributes,
        IEnumerable<KeyValuePair<string, string>> tags,
        CancellationToken cancellationToken)
    {
        var request = new SnsRequest("CreateTopic").Set("Name", name).SetMap("Attributes", attributes);
        foreach (var (index, (key, value)) in tags.Index())
        {
            request.Set($"Tags.member.{index + 1}.Key", key).Set($"Tags.member.{index + 1}.Value", value);
        }

        var response = await Call(request, cancellationToken).ConfigureAwait(false);
        return response.Value("TopicArn");
    }

    /// <summary>Subscribes a queue to a topic; returns the ARN of the new or existing subscription.</summary>
    public async Task<string> Subscribe(
        string topicArn,
        string queueArn,
        IEnumerable<KeyValuePair<string, string>> attributes,
        CancellationToken cancellationToken)
    {
        var request = new SnsRequest("Subscribe")
            .Set("TopicArn", topicArn)
            .Set("Protocol", "sqs")
            .Set("Endpoint", queueArn)
            .Set("ReturnSubscriptionArn", "true")
            .SetMap("Attributes", attributes);
        var response = await Call(request, cancellationToken).ConfigureAwait(false);
        return response.Value("SubscriptionArn");
    }

    public Task Unsubscribe(string subscriptionArn, CancellationToken cancellationToken) =>
        Call(new SnsRequest("Unsubscribe").Set("SubscriptionArn", subscriptionArn), cancellationToken);

    /// <summary>
    /// Publishes at most 10 messages; returns the failures of those that SNS refused, by index in <paramref name="messages"/>.
    /// </summary>
    public async Task<IReadOnlyDictionary<int, BatchFailure>> PublishBatch(
        string topicArn,
        IReadOnlyList<OutgoingMessage> messages,
        CancellationToken cancellationToken)
    {
        var request = new SnsRequest("PublishBatch").Set("TopicArn", topicArn);
        foreach (var (index, message) in messages.Index())
        {
            AddEntry(request, index, message);
        }

        var response = await Call(request, cancellationToken).ConfigureAwait(false);
        return response.All("Failed").SelectMany(failed => failed.Elements()).ToDictionary(
            entry => int.Parse(Field(entry, "Id"), CultureInfo.InvariantCulture),
            entry => new BatchFailure(Field(entry, "Code"), Field(entry, "Message"), Field(entry, "SenderFault") == "true"));
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new Resolver());
        pipeline.AddHandlerAfter<Marshaller>(new Signing());
    }

    private static void AddEntry(SnsRequest request, int index, OutgoingMessage message)
    {
        var entry = $"PublishBatchRequestEntries.member.{index + 1}";
        request.Set($"{entry}.Id", index.ToString(CultureInfo.InvariantCulture)).Set($"{entry}.Message", message.Body);
        foreach (var (number, (name, value)) in message.Attributes.Index())
        {
            var attribute = $"{entry}.MessageAttributes.entry.{number + 1}";
            request
                .Set($"{attribute}.Name", name)
                .Set($"{attribute}.Value.DataType", "String")
                .Set($"{attribute}.Value.StringValue", value);
        }
    }

    private static string Field(XElement entry, string name) =>
        entry.Elements().FirstOrDefault(field => field.Name.LocalName == name)?.Value ?? "";

    private Task<SnsResponse> Call(SnsRequest request, CancellationToken cancellationToken) =>
        InvokeAsync<SnsResponse>(request, Options, cancellationToken);

    private sealed class Metadata : IServiceMetadata
    {
        public string ServiceId => "SNS";

        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }

    private sealed class Resolver : BaseEndpointResolver
    {
        protected override Amazon.Runtime.Endpoints.EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
            SnsConfig.Parameters(requestContext.ClientConfig, requestContext.Request.AlternateEndpoint?.SystemName);
    }

    private sealed class Signing : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }
}

/// <summary>A topic that exists. Messages are published in batches.</summary>
internal sealed class SnsTopic(SnsClient sns, string arn) : IAsyncDisposable
{
    private readonly Lazy<Batcher<OutgoingMessage>> _publishes =
        new(() => new Batcher<OutgoingMessage>(messages => sns.PublishBatch(arn, messages, CancellationToken.None)));

    public string Arn => arn;

    public Task Publish(OutgoingMessage message, CancellationToken cancellationToken) =>
        _publishes.Value.Execute(message, message.Size, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_publishes.IsValueCreated)
        {
            await _publishes.Value.DisposeAsync().ConfigureAwait(false);
        }
    }
}
