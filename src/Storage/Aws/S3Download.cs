using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// One object on its way down: into memory where it is small, into a temporary file that goes with its stream otherwise. A connection
/// that breaks is tried again.
/// </summary>
internal sealed class S3Download(IAmazonS3 client, ObjectUri uri)
{
    private const int MaxMemoryBytes = 8 * 1024 * 1024;
    private const int BufferBytes = 128 * 1024;
    private const int MaxAttempts = 4;

    // The client's own time limit ends with the answer's headers.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(1);

    /// <summary>The content, at its start, and its SHA-256; or null where there is no such object.</summary>
    public async Task<(Stream Content, string Hash)?> ReadAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await client.GetObjectAsync(uri.Bucket, uri.Key, cancellationToken);
                return await ReadAsync(response, cancellationToken);
            }
            catch (NoSuchKeyException)
            {
                return null;
            }
            catch (Exception exception) when (IsBroken(exception) && attempt < MaxAttempts)
            {
                // The SDK tries calls again, not what follows its answer.
            }
        }
    }

    private async Task<(Stream Content, string Hash)> ReadAsync(GetObjectResponse response, CancellationToken cancellationToken)
    {
        Stream content = response.ContentLength <= MaxMemoryBytes ? new MemoryStream((int)response.ContentLength) : TemporaryFile();
        try
        {
            var hash = await CopyAsync(response.ResponseStream, content, cancellationToken);
            content.Position = 0;
            return (content, hash);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private async Task<string> CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(MaxSilence);
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await from.ReadAsync(buffer, patience.Token)) > 0)
        {
            patience.CancelAfter(MaxSilence);
            hash.AppendData(buffer, 0, read);
            Guard(() => to.Write(buffer, 0, read));
        }

        Guard(to.Flush);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private FileStream TemporaryFile() => Guard(() =>
    {
        var path = Path.Combine(Path.GetTempPath(), "macrocausal-" + Guid.NewGuid().ToString("N"));
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferBytes, FileOptions.DeleteOnClose);

        // Without a name it goes even when the process is killed.
        File.Delete(path);
        return file;
    });

    private static bool IsBroken(Exception exception) =>
        AwsFailure.IsNetwork(exception) && exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    private void Guard(Action action) => Guard(() =>
    {
        action();
        return true;
    });

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw S3Failure.ExplainTemporaryFile(uri, exception);
        }
    }
}
