using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// One object on its way up: in one piece where it is small, in parts otherwise, which become an object all at once or not at all. S3
/// checks what arrives against SHA-256.
/// </summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
/// <param name="uri">The object.</param>
/// <param name="exclusive">Whether an object that is there stays.</param>
internal sealed class S3Upload(IAmazonS3 client, ObjectUri uri, bool exclusive)
{
    /// <summary>Size of a part; what is smaller goes up in one piece. S3 takes 10,000 parts: 78 GiB.</summary>
    public const int PartBytes = 8 * 1024 * 1024;

    private const int MaxConflicts = 5;

    // Metadata of the object: a token of the very call that wrote it.
    private const string WrittenBy = "written-by";
    private readonly string _call = Guid.NewGuid().ToString("N");

    /// <summary>Writes the object. Returns its reference, or null where it is exclusive and there is one.</summary>
    public async Task<ObjectReference?> WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        using var source = new HashedSource(uri, content, PartBytes);
        using var first = await source.ReadPartAsync(cancellationToken);
        var isWritten = first.Length < PartBytes
            ? await PutAsync(first, source.Hash(), cancellationToken)
            : await PutPartsAsync(source, first, cancellationToken);
        return isWritten ? new(uri.ToString(), source.Hash()) : null;
    }

    private async Task<bool> PutAsync(MemoryStream content, string hash, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await client.PutObjectAsync(Put(content, hash), cancellationToken);
                return true;
            }
            catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return await IsOursAsync(cancellationToken);
            }
            catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Conflict && attempt < MaxConflicts)
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
        if (exclusive && await FindMetadataAsync(cancellationToken) is not null)
        {
            return false;
        }

        var upload = await BeginAsync(cancellationToken);
        try
        {
            var parts = await PutPartsAsync(upload, source, first, cancellationToken);
            var isWritten = await CompleteAsync(upload, parts, cancellationToken);
            if (!isWritten)
            {
                await AbortAsync(upload);
            }

            return isWritten;
        }
        catch
        {
            await AbortAsync(upload);
            throw;
        }
    }

    private async Task<string> BeginAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = uri.Bucket,
            Key = uri.Key,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        };
        request.Metadata.Add(WrittenBy, _call);
        return (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
    }

    private async Task<List<PartETag>> PutPartsAsync(
        string upload, HashedSource source, MemoryStream first, CancellationToken cancellationToken)
    {
        var parts = new List<PartETag>();
        for (var part = first; part.Length > 0; part = await source.ReadPartAsync(cancellationToken))
        {
            var request = Part(upload, parts.Count + 1, part);
            var response = await client.UploadPartAsync(request, cancellationToken);
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
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = uri.Bucket,
            Key = uri.Key,
            UploadId = upload,
            PartETags = parts,
            IfNoneMatch = exclusive ? "*" : null,
        };
        try
        {
            await client.CompleteMultipartUploadAsync(request, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return await IsOursAsync(cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchUpload")
        {
            // The answer to the first try may have got lost after all.
            if (await IsOursAsync(cancellationToken))
            {
                return true;
            }

            throw;
        }
    }

    // A lost answer makes the SDK try again, and the second try meets the object of the first.
    private async Task<bool> IsOursAsync(CancellationToken cancellationToken) =>
        await FindMetadataAsync(cancellationToken) is { } found && found[WrittenBy] == _call;

    private async Task<MetadataCollection?> FindMetadataAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(uri.Bucket, uri.Key, cancellationToken)).Metadata;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task AbortAsync(string upload)
    {
        try
        {
            var request = new AbortMultipartUploadRequest { BucketName = uri.Bucket, Key = uri.Key, UploadId = upload };
            await client.AbortMultipartUploadAsync(request, CancellationToken.None);
        }
        catch (Exception exception) when (AwsFailure.IsExplained(exception, CancellationToken.None))
        {
            // What led here matters more. Parts that stay are no object; the bucket's lifecycle rule removes them.
        }
    }
}

/// <summary>Content on its way to S3: taken in part by part, into one buffer, and hashed meanwhile.</summary>
internal sealed class HashedSource(ObjectUri uri, Stream content, int partBytes) : IDisposable
{
    private const int FirstBytes = 64 * 1024;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = [];

    /// <summary>
    /// Reads the next part: <c>partBytes</c> long, or shorter where the content ends, or empty after it. Overwrites the part before.
    /// </summary>
    /// <exception cref="ObjectStoreException">The content could not be read.</exception>
    public async Task<MemoryStream> ReadPartAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        int read;
        do
        {
            Grow(length);
            read = await ReadAsync(_buffer.AsMemory(length), cancellationToken);
            length += read;
        }
        while (read > 0 && length < partBytes);

        _hash.AppendData(_buffer, 0, length);
        return new(_buffer, 0, length, writable: false, publiclyVisible: true);
    }

    /// <summary>SHA-256 of all parts, 64 lower-case hexadecimal digits.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();

    private async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw S3Failure.ExplainSource(uri, exception);
        }
    }

    private void Grow(int length)
    {
        if (length == _buffer.Length && length < partBytes)
        {
            Array.Resize(ref _buffer, Math.Min(partBytes, length == 0 ? Expected() : length * 2));
        }
    }

    // One byte more than it has, so that the read that finds the end needs no larger buffer.
    private int Expected() => content.CanSeek ? (int)Math.Clamp(content.Length - content.Position + 1, 1, partBytes) : FirstBytes;
}
