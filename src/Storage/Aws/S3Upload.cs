using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// One object on its way up: in one piece where it is small, in parts otherwise, which become an object all at once or not at all. S3 checks what arrives against SHA-256.
/// </summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
/// <param name="uri">The object.</param>
/// <param name="exclusive">Whether an object that is there stays.</param>
internal sealed class S3Upload(IAmazonS3 client, ObjectUri uri, bool exclusive)
{
    /// <summary>Size of a part; what is smaller goes up in one piece. S3 takes 10,000 parts: 78 GiB.</summary>
    public const int PartBytes = 8 * 1024 * 1024;

    private const int MostConflicts = 5;

    // Metadata of the object: a token of the very call that wrote it.
    private const string WrittenBy = "written-by";
    private readonly string _call = Guid.NewGuid().ToString("N");

    /// <summary>Writes the object. Returns its reference, or null where it is exclusive and there is one.</summary>
    public async Task<ObjectReference?> WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        using var source = new HashedSource(uri, content, PartBytes);
        using var first = await source.ReadPartAsync(cancellationToken).ConfigureAwait(false);
        var isWritten = first.Length < PartBytes
            ? await PutAsync(first, source.Hash(), cancellationToken).ConfigureAwait(false)
            : await PutPartsAsync(source, first, cancellationToken).ConfigureAwait(false);
        return isWritten ? new(uri.ToString(), source.Hash()) : null;
    }

    private async Task<bool> PutAsync(MemoryStream content, string hash, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await client.PutObjectAsync(Put(content, hash), cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (AmazonS3Exception answer) when (answer.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return await IsOursAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (AmazonS3Exception answer) when (answer.StatusCode == HttpStatusCode.Conflict && attempt < MostConflicts)
            {
                // Somebody wrote or deleted it at the same moment; S3 asks for another try.
            }
        }
    }

    private PutObjectRequest Put(MemoryStream content, string hash)
    {
        content.Position = 0;
        var request = new PutObjectRequest
        {
            BucketName = uri.Bucket,
            Key = uri.Key,
            InputStream = content,
            AutoCloseStream = false,
            ChecksumSHA256 = Convert.ToBase64String(Convert.FromHexString(hash)),
            IfNoneMatch = exclusive ? "*" : null,
        };
        request.Metadata.Add(WrittenBy, _call);
        return request;
    }

    private async Task<bool> PutPartsAsync(HashedSource source, MemoryStream first, CancellationToken cancellationToken)
    {
        if (exclusive && await FindMetadataAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        var upload = await BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var parts = await PutPartsAsync(upload, source, first, cancellationToken).ConfigureAwait(false);
            var isWritten = await CompleteAsync(upload, parts, cancellationToken).ConfigureAwait(false);
            if (!isWritten)
            {
                await AbortAsync(upload).ConfigureAwait(false);
            }

            return isWritten;
        }
        catch
        {
            await AbortAsync(upload).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<string> BeginAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = uri.Bucket, Key = uri.Key, ChecksumAlgorithm = ChecksumAlgorithm.SHA256 };
        request.Metadata.Add(WrittenBy, _call);
        return (await client.InitiateMultipartUploadAsync(request, cancellationToken).ConfigureAwait(false)).UploadId;
    }

    private async Task<List<PartETag>> PutPartsAsync(string upload, HashedSource source, MemoryStream first, CancellationToken cancellationToken)
    {
        var parts = new List<PartETag>();
        for (var part = first; part.Length > 0; part = await source.ReadPartAsync(cancellationToken).ConfigureAwait(false))
        {
            var request = Part(upload, parts.Count + 1, part);
            var response = await client.UploadPartAsync(request, cancellationToken).ConfigureAwait(false);
            parts.Add(new() { PartNumber = request.PartNumber, ETag = response.ETag, ChecksumSHA256 = request.ChecksumSHA256 });
        }

        return parts;
    }

    private UploadPartRequest Part(string upload, int number, MemoryStream content) => new()
    {
        BucketName = uri.Bucket,
        Key = uri.Key,
        UploadId = upload,
        PartNumber = number,
        InputStream = content,
        PartSize = content.Length,
        ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length))),
    };

    private async Task<bool> CompleteAsync(string upload, List<PartETag> parts, CancellationToken cancellationToken)
    {
        var request = new CompleteMultipartUploadRequest { BucketName = uri.Bucket, Key = uri.Key, UploadId = upload, PartETags = parts, IfNoneMatch = exclusive ? "*" : null };
        try
        {
            await client.CompleteMultipartUploadAsync(request, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception answer) when (answer.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return await IsOursAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception answer) when (answer.ErrorCode == "NoSuchUpload")
        {
            // The answer to the first try may have got lost after all.
            if (await IsOursAsync(cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            throw;
        }
    }

    // A lost answer makes the SDK try again, and the second try meets the object of the first.
    private async Task<bool> IsOursAsync(CancellationToken cancellationToken) =>
        await FindMetadataAsync(cancellationToken).ConfigureAwait(false) is { } found && found[WrittenBy] == _call;

    private async Task<MetadataCollection?> FindMetadataAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(uri.Bucket, uri.Key, cancellationToken).ConfigureAwait(false)).Metadata;
        }
        catch (AmazonS3Exception answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task AbortAsync(string upload)
    {
        try
        {
            await client.AbortMultipartUploadAsync(new() { BucketName = uri.Bucket, Key = uri.Key, UploadId = upload }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (Aws.AwsFailure.IsExplained(failure, CancellationToken.None))
        {
            // What led here matters more. Parts that stay are no object; the bucket's lifecycle rule removes them.
        }
    }
}
