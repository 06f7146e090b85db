using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>An emulator whose queues, topics and subscriptions are made from the template, as CloudFormation would make them.</summary>
internal sealed class EmulatedAccount(AwsEmulator aws) : IDisposable
{
    private static readonly string[] Passing =
        ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible",
            "LastModifiedTimestamp"];
    private readonly AmazonSQSClient _sqs =
        new(new BasicAWSCredentials(AwsEmulator.Key, AwsEmulator.Key),
            new AmazonSQSConfig { ServiceURL = aws.Endpoint.ToString(), AuthenticationRegion = AwsEmulator.Region });
    private readonly HttpClient _sns = new() { BaseAddress = aws.Endpoint };

    /// <summary>Makes everything that the template says.</summary>
    public async Task Deploy(Account account)
    {
        foreach (var topic in account.Of("AWS::SNS::Topic"))
        {
            await Sns("CreateTopic", ("Name", topic.Text("TopicName")));
        }
        foreach (var queue in account.Of("AWS::SQS::Queue").OrderBy(queue => queue.Properties["RedrivePolicy"] is not null))
        {
            await _sqs.CreateQueueAsync(new CreateQueueRequest(queue.Text("QueueName")) { Attributes = Attributes(queue, account) });
        }

        foreach (var subscription in account.Of("AWS::SNS::Subscription").Where(subscription => subscription.Text("Protocol") == "sqs"))
        {
            await Sns(
                "Subscribe",
                ("TopicArn", subscription.Text("TopicArn")), ("Protocol", "sqs"), ("Endpoint", subscription.Text("Endpoint")),
                ("Attributes.entry.1.key", "RawMessageDelivery"), ("Attributes.entry.1.value", "true"));
        }
    }

    /// <summary>
    /// Everything that is there: each queue with its attributes, each topic, each subscription with its attributes; one line each.
    /// </summary>
    public async Task<IReadOnlyList<string>> Inventory()
    {
        var lines = new List<string>();
        foreach (var url in (await _sqs.ListQueuesAsync("")).QueueUrls ?? [])
        {
            var attributes = (await _sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
            lines.AddRange(attributes.Where(attribute => !Passing.Contains(attribute.Key))
                .Select(attribute => $"{url} {attribute.Key}={attribute.Value}"));
        }

        lines.AddRange(Values(await Sns("ListTopics"), "TopicArn"));
        foreach (var subscription in Values(await Sns("ListSubscriptions"), "SubscriptionArn"))
        {
            lines.Add((await Sns("GetSubscriptionAttributes", ("SubscriptionArn", subscription))).Descendants()
                .First(element => element.Name.LocalName == "Attributes").ToString());
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        _sqs.Dispose();
        _sns.Dispose();
    }

    private static Dictionary<string, string> Attributes(Resource queue, Account account)
    {
        var policy = account.Of("AWS::SQS::QueuePolicy")
            .Single(policy => (string)policy.Properties["Queues"]![0]! == queue.Text("QueueName"));
        string[] plain = ["VisibilityTimeout", "MessageRetentionPeriod", "SqsManagedSseEnabled", "RedrivePolicy"];
        var attributes = plain.Where(queue.Properties.ContainsKey)
            .ToDictionary(name => name, name => queue.Properties[name]!.ToJsonString());
        attributes["Policy"] = policy.Properties["PolicyDocument"]!.ToJsonString();
        return attributes;
    }

    private async Task<XDocument> Sns(string action, params (string Name, string Value)[] fields)
    {
        using var form =
            new FormUrlEncodedContent([new("Action", action), new("Version", "2010-03-31"),
                .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = form };
        request.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential={AwsEmulator.Key}/20260101/{AwsEmulator.Region}/sns/aws4_request, "
            + "SignedHeaders=host, Signature=0");
        using var answer = await _sns.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{action}: {text}");
        return XDocument.Parse(text);
    }

    private static IEnumerable<string> Values(XDocument answer, string name) =>
        answer.Descendants().Where(element => element.Name.LocalName == name).Select(element => element.Value);
}
