using MacroCausal.AmazonSqs.Sending;
using MacroCausal.AmazonSqs.Sns;

namespace MacroCausal.AmazonSqs.Connection;

/// <summary>A topic that exists. What is published goes out in batches.</summary>
internal sealed class SnsTopic(SnsClient sns, string arn) : IAsyncDisposable
{
    private readonly Lazy<Batcher<OutgoingMessage>> _publishes =
        new(() => new Batcher<OutgoingMessage>(messages => sns.PublishBatch(arn, messages, CancellationToken.None)));

    public string Arn => arn;

    public Task Publish(OutgoingMessage message, CancellationToken cancellationToken) => _publishes.Value.Execute(message, message.Size, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_publishes.IsValueCreated) await _publishes.Value.DisposeAsync().ConfigureAwait(false);
    }
}
