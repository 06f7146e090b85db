using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace MacroCausal.Storage.Embedded;

/// <summary>
/// Objects in a directory: a folder a bucket, made when it is first written to, and a file an object. A write goes to a temporary file in
/// <c>.tmp</c>, to the disk, and then takes its name in one step, so that a reader sees the old object or the new one. Several processes
/// may share a directory of one file system.
/// </summary>
public sealed class DirectoryObjectStore : IObjectStore
{
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(1);
    private readonly string _root;
    private readonly string _drafts;

    /// <summary>
    /// A store in a directory, which is created where it is not there. What killed processes left behind more than an hour ago is
    /// removed.
    /// </summary>
    /// <exception cref="ObjectStoreException">The directory cannot be created or read.</exception>
    public DirectoryObjectStore(string root, TimeProvider? time = null)
    {
        _root = Path.GetFullPath(root);
        _drafts = Path.Combine(_root, ".tmp");
        try
        {
            Directory.CreateDirectory(_drafts);
            SweepLeftovers(time ?? TimeProvider.System);
        }
        catch (Exception exception) when (DirectoryFailure.IsExplained(exception))
        {
            throw new ObjectStoreException(
                $"The storage directory '{_root}' cannot be used: {exception.Message.TrimEnd('.')}; "
                + "name one that this user may create and write.",
                exception);
        }
    }

    /// <summary>The file that holds an object, or would hold it.</summary>
    /// <exception cref="ObjectStoreException">The address is malformed or hostile.</exception>
    public string PathOf(string uri) => PathOf(ObjectUri.Parse(uri));

    /// <inheritdoc/>
    public async Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        (await WriteAsync(uri, content, exclusive: false, cancellationToken))!;

    /// <inheritdoc/>
    public async Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default) =>
        File.Exists(PathOf(uri)) ? null : await WriteAsync(uri, content, exclusive: true, cancellationToken);

    /// <inheritdoc/>
    public Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(uri);
        try
        {
            return Task.FromResult<Stream?>(File.Exists(path) ? Read(path) : null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
        catch (Exception exception) when (DirectoryFailure.IsExplained(exception))
        {
            throw DirectoryFailure.Explain("read", uri, path, _root, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var content = await FindAsync(reference.Uri, cancellationToken)
            ?? throw new ObjectStoreException($"'{reference.Uri}' is not there; check the address, or run again the step that writes it.");
        try
        {
            await CheckHashAsync(content, reference, cancellationToken);
            return content;
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var uri in List(ObjectUri.ParsePrefix(prefix)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return uri;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string uri, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var address = ObjectUri.Parse(uri);
        var path = PathOf(address);
        try
        {
            if (File.Exists(path))
            {
                File.Delete(path);
                RemoveEmptyFolders(path, Path.Combine(_root, address.Bucket));
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else deleted it, and its folder, just now.
        }
        catch (Exception exception) when (DirectoryFailure.IsExplained(exception))
        {
            throw DirectoryFailure.Explain("deleted", uri, path, _root, exception);
        }

        return Task.CompletedTask;
    }

    private static FileStream Read(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    private static async Task CheckHashAsync(Stream content, ObjectReference reference, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        if (!string.Equals(hash, reference.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new ObjectStoreException(
                $"'{reference.Uri}' has the SHA-256 {hash}, not {reference.Sha256}: it was changed or damaged; "
                + "restore it, or run again the step that writes it.");
        }

        content.Position = 0;
    }

    private async Task<ObjectReference?> WriteAsync(string uri, Stream content, bool exclusive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = PathOf(uri);
        try
        {
            using var draft = new Draft(_drafts);
            var hash = await draft.FillAsync(content, cancellationToken);
            return draft.MoveTo(path, exclusive) ? new(uri, hash) : null;
        }
        catch (Exception exception) when (DirectoryFailure.IsExplained(exception))
        {
            throw DirectoryFailure.Explain("written", uri, path, _root, exception);
        }
    }

    private List<string> List(ObjectUri prefix)
    {
        var bucket = Path.Combine(_root, prefix.Bucket);
        var folder = Path.GetDirectoryName(Path.Combine(_root, DirectoryPaths.ToPath(prefix.Bucket, FolderOf(prefix.Key) + "_")))!;
        try
        {
            var keys = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];
            return [.. keys
                .Select(path => DirectoryPaths.ToKey(Path.GetRelativePath(bucket, path)))
                .Where(key => key.StartsWith(prefix.Key, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(key => ObjectKeys.Uri(prefix.Bucket, key))];
        }
        catch (Exception exception) when (DirectoryFailure.IsExplained(exception))
        {
            throw DirectoryFailure.Explain("listed", prefix.ToString(), folder, _root, exception);
        }
    }

    private static string FolderOf(string key) => key[..(key.LastIndexOf('/') + 1)];

    private string PathOf(ObjectUri uri) => Path.Combine(_root, DirectoryPaths.ToPath(uri.Bucket, uri.Key));

    private static void RemoveEmptyFolders(string path, string bucket)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            while (folder.Length > bucket.Length && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
                folder = Path.GetDirectoryName(folder)!;
            }
        }
        catch (Exception exception) when (DirectoryFailure.IsExplained(exception))
        {
            // Somebody writes there again, or removed it first; an empty folder does no harm.
        }
    }

    private void SweepLeftovers(TimeProvider time)
    {
        var oldest = time.GetUtcNow().UtcDateTime - LeftoverAge;
        foreach (var path in Directory.EnumerateFiles(_drafts).Where(path => File.GetLastWriteTimeUtc(path) < oldest))
        {
            File.Delete(path);
        }
    }
}
