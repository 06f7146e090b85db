using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// Objects in S3, or in what speaks its protocol. Writing takes at most one part of memory (8 MiB), whatever the object's size; reading takes at most as much, and a temporary file
/// for larger objects. The buckets must be there.
/// </summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
public sealed class S3ObjectStore(IAmazonS3 client) : IObjectStore
{
    /// <inheritdoc/>
    public async Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        (await WriteAsync(uri, content, exclusive: false, cancellationToken).ConfigureAwait(false))!;

    /// <inheritdoc/>
    public Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        WriteAsync(uri, content, exclusive: true, cancellationToken);

    /// <inheritdoc/>
    public async Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default) =>
        (await ReadAsync(ObjectUri.Parse(uri), cancellationToken).ConfigureAwait(false))?.Content;

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var (content, hash) = await ReadAsync(ObjectUri.Parse(reference.Uri), cancellationToken).ConfigureAwait(false)
            ?? throw new ObjectStoreException($"'{reference.Uri}' is not there; check the address, or run again the step that writes it.");
        if (!string.Equals(hash, reference.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw new ObjectStoreException(
                $"'{reference.Uri}' has the SHA-256 {hash}, not {reference.Sha256}: it was changed or damaged; restore it, or run again the step that writes it.");
        }

        return content;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var start = ObjectUri.ParsePrefix(prefix);
        var keys = await CallAsync("listed", start, () => ListKeysAsync(start, cancellationToken), cancellationToken).ConfigureAwait(false);

        // S3 orders by the bytes of UTF-8, which is another order where a key has characters beyond U+FFFF.
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            yield return ObjectKeys.Uri(start.Bucket, key);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string uri, CancellationToken cancellationToken = default)
    {
        var address = ObjectUri.Parse(uri);
        return CallAsync("deleted", address, () => client.DeleteObjectAsync(address.Bucket, address.Key, cancellationToken), cancellationToken);
    }

    private Task<ObjectReference?> WriteAsync(string uri, Stream content, bool exclusive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var address = ObjectUri.Parse(uri);
        return CallAsync("written", address, () => new S3Upload(client, address, exclusive).WriteAsync(content, cancellationToken), cancellationToken);
    }

    private Task<(Stream Content, string Hash)?> ReadAsync(ObjectUri uri, CancellationToken cancellationToken) =>
        CallAsync("read", uri, () => new S3Download(client, uri).ReadAsync(cancellationToken), cancellationToken);

    private async Task<List<string>> ListKeysAsync(ObjectUri start, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = start.Bucket, Prefix = start.Key };
        ListObjectsV2Response page;
        do
        {
            page = await client.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);

            // The console marks an empty folder with an object whose name ends with a slash.
            keys.AddRange((page.S3Objects ?? []).Select(found => found.Key).Where(key => !key.EndsWith('/')));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);

        return keys;
    }

    private async Task<T> CallAsync<T>(string verb, ObjectUri uri, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ArgumentException || AwsFailure.IsExplained(failure, cancellationToken))
        {
            throw S3Failure.Explain(client, verb, uri, failure);
        }
    }
}
