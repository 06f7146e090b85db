using Amazon.Runtime;
using Amazon.SQS;
using MacroCausal.AmazonSqs.Sns;
using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>Gathers a host's settings.</summary>
internal sealed class SqsHostConfigurator(Uri address) : IAmazonSqsHostConfigurator
{
    private AmazonSqsHostSettings _settings = new(address.Host) { Scope = address.AbsolutePath.Trim('/') };
    private string? _accessKey;
    private string? _secretKey;

    public AmazonSqsHostSettings Settings => _settings;

    public void AccessKey(string accessKey) => SetKeys(accessKey, _secretKey);

    public void SecretKey(string secretKey) => SetKeys(_accessKey, secretKey);

    public void Credentials(AWSCredentials credentials) => _settings = _settings with { Credentials = credentials };

    public void Scope(string scope, bool scopeTopics = false) => _settings = _settings with { Scope = scope.Trim('/'), ScopeTopics = scopeTopics || _settings.ScopeTopics };

    public void EnableScopedTopics() => _settings = _settings with { ScopeTopics = true };

    public void Config(AmazonSQSConfig config) => _settings = _settings with { SqsConfig = config };

    public void Config(SnsConfig config) => _settings = _settings with { SnsConfig = config };

    public void AllowTransportHeader(AllowTransportHeader? allowTransportHeader) => _settings = _settings with { AllowTransportHeader = allowTransportHeader };

    private void SetKeys(string? accessKey, string? secretKey)
    {
        (_accessKey, _secretKey) = (accessKey, secretKey);
        if (accessKey is not null && secretKey is not null) Credentials(new BasicAWSCredentials(accessKey, secretKey));
    }
}
