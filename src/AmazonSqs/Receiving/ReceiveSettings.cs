using System.Globalization;
using MacroCausal.AmazonSqs.Topology;
using MacroCausal.AmazonSqs.Visibility;

namespace MacroCausal.AmazonSqs.Receiving;

/// <summary>How an endpoint receives, as its configuration has set it.</summary>
internal sealed class ReceiveSettings(string queueName, bool durable, bool autoDelete)
{
    public const int MaxWaitTimeSeconds = 20;

    public string QueueName { get; set; } = queueName;

    public bool Durable { get; set; } = durable;

    public bool AutoDelete { get; set; } = autoDelete;

    public bool PurgeOnStartup { get; set; }

    public int WaitTimeSeconds { get; set; } = 3;

    public int RedeliverVisibilityTimeout { get; set; } = 1;

    public int MaxVisibilityTimeoutRenewal { get; set; } = 60;

    public TimeSpan MaxVisibilityTimeout { get; set; } = RenewalPlan.SqsLimit;

    public Dictionary<string, object> QueueAttributes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, object> SubscriptionAttributes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> QueueTags { get; } = new(StringComparer.Ordinal);

    public QueueSettings Queue => new(QueueName) { Attributes = Texts(QueueAttributes), Tags = QueueTags };

    /// <summary>The values of attributes as AWS writes them: <c>true</c>, not <c>True</c>.</summary>
    public static Dictionary<string, string> Texts(IEnumerable<KeyValuePair<string, object>> attributes) => attributes.ToDictionary(
        attribute => attribute.Key,
        attribute => attribute.Value switch
        {
            bool value => value ? "true" : "false",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        });
}
