using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// Objects in S3, or in what speaks its protocol. Writing takes at most one part of memory (8 MiB), whatever the object's size; reading
/// takes at most as much, and a temporary file for larger objects. The buckets must be there.
/// </summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
public sealed class S3ObjectStore(IAmazonS3 client) : IObjectStore
{
    /// <inheritdoc/>
    public async Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        (await WriteAsync(uri, content, exclusive: false, cancellationToken))!;

    /// <inheritdoc/>
    public Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        WriteAsync(uri, content, exclusive: true, cancellationToken);

    /// <inheritdoc/>
    public async Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default) =>
        (await ReadAsync(ObjectUri.Parse(uri), cancellationToken))?.Content;

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var (content, hash) = await ReadAsync(ObjectUri.Parse(reference.Uri), cancellationToken)
            ?? throw new ObjectStoreException($"'{reference.Uri}' is not there; check the address, or run again the step that writes it.");
        if (!string.Equals(hash, reference.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            await content.DisposeAsync();
            throw new ObjectStoreException(
                $"'{reference.Uri}' has the SHA-256 {hash}, not {reference.Sha256}: it was changed or damaged; "
                + "restore it, or run again the step that writes it.");
        }

        return content;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var start = ObjectUri.ParsePrefix(prefix);
        var keys = await CallAsync("listed", start, () => ListKeysAsync(start, cancellationToken), cancellationToken);

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
        Task<DeleteObjectResponse> Delete() => client.DeleteObjectAsync(address.Bucket, address.Key, cancellationToken);
        return CallAsync("deleted", address, Delete, cancellationToken);
    }

    private Task<ObjectReference?> WriteAsync(string uri, Stream content, bool exclusive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var address = ObjectUri.Parse(uri);
        var upload = new S3Upload(client, address, exclusive);
        return CallAsync("written", address, () => upload.WriteAsync(content, cancellationToken), cancellationToken);
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
            page = await client.ListObjectsV2Async(request, cancellationToken);

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
            return await call();
        }
        catch (Exception exception) when (exception is ArgumentException || AwsFailure.IsExplained(exception, cancellationToken))
        {
            throw S3Failure.Explain(client, verb, uri, exception);
        }
    }
}

/// <summary>Turns what S3 says into one sentence that names the object and the remedy.</summary>
internal static class S3Failure
{
    public static ObjectStoreException Explain(IAmazonS3 client, string verb, ObjectUri uri, Exception exception) =>
        new($"'{uri}' could not be {verb}: {Reason(client, verb, uri, exception)}.", exception)
        {
            Cause = exception switch
            {
                ArgumentException or AmazonServiceException { ErrorCode: "InvalidBucketName" or "InvalidObjectState" } =>
                    FailureCause.Content,
                _ => AwsFailure.Cause(exception),
            },
        };

    public static ObjectStoreException ExplainSource(ObjectUri uri, Exception exception) =>
        new($"'{uri}' could not be written: {exception.Message.TrimEnd('.')}; check the source of the content, and try again.", exception);

    public static ObjectStoreException ExplainTemporaryFile(ObjectUri uri, Exception exception) =>
        new(
            $"'{uri}' could not be read: it needs a temporary file in '{Path.GetTempPath()}' ({exception.Message.TrimEnd('.')}); "
            + "free some space there, or set TMPDIR.",
            exception)
        {
            Cause = FailureCause.Process,
        };

    private static string Reason(IAmazonS3 client, string verb, ObjectUri uri, Exception exception) => exception switch
    {
        AmazonServiceException { ErrorCode: "NoSuchBucket" } =>
            $"the bucket '{uri.Bucket}' does not exist at {AwsFailure.Place(client.Config)}; create it, or correct its name and AWS_REGION",
        AmazonServiceException { ErrorCode: "InvalidBucketName" } or ArgumentException =>
            $"'{uri.Bucket}' cannot be the name of a bucket in S3; correct it",
        AmazonServiceException { ErrorCode: "InvalidObjectState" } =>
            "it is archived; restore it first, or exclude it from the bucket's lifecycle rules",
        _ => AwsFailure.Reason(exception, client.Config, Actions(verb, uri)),
    };

    private static string Actions(string verb, ObjectUri uri) => verb switch
    {
        // Without s3:ListBucket, S3 answers "denied" where it would answer "not there".
        "read" =>
            $"s3:GetObject on 'arn:aws:s3:::{uri.Bucket}/*' and s3:ListBucket on 'arn:aws:s3:::{uri.Bucket}', and kms:Decrypt if the "
            + "bucket is encrypted with a key of its own",
        "listed" => $"s3:ListBucket on 'arn:aws:s3:::{uri.Bucket}'",
        "deleted" => $"s3:DeleteObject on 'arn:aws:s3:::{uri.Bucket}/*'",
        _ =>
            $"s3:PutObject, s3:GetObject and s3:AbortMultipartUpload on 'arn:aws:s3:::{uri.Bucket}/*', s3:ListBucket on "
            + $"'arn:aws:s3:::{uri.Bucket}', and kms:GenerateDataKey if the bucket is encrypted with a key of its own",
    };
}
