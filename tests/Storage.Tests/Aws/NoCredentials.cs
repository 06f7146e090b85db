using Amazon.Runtime;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>What the SDK's chain does on a machine without any.</summary>
internal sealed class NoCredentials : AWSCredentials
{
    public override ImmutableCredentials GetCredentials() =>
        throw new AmazonClientException("Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following errors:\n\nException 1 of 4: ...");
}
