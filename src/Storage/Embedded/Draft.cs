using System.Buffers;
using System.Security.Cryptography;

namespace MacroCausal.Storage.Embedded;

/// <summary>An object while it is written: a temporary file that takes its place whole, or goes away without a trace.</summary>
internal sealed class Draft(string folder) : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const int MostAttempts = 64;
    private const int AlreadyExists = 17;
    private readonly string _path = Path.Combine(folder, Guid.NewGuid().ToString("N"));

    /// <summary>Takes the content in, brings it to the disk and returns its SHA-256.</summary>
    public async Task<string> FillAsync(Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                file.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Before the rename: otherwise a power cut could leave the name without the content.
        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Gives the file its name. False where <paramref name="exclusive"/> and there is one of that name.</summary>
    public bool MoveTo(string path, bool exclusive)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return exclusive ? ExclusiveMove.TryMove(_path, path) : Overwrite(path);
            }
            catch (IOException failure) when (IsVanished(failure) && attempt < MostAttempts && File.Exists(_path))
            {
                // Somebody deleted the last object of the folder, and the folder with it, just now.
            }
        }
    }

    public void Dispose() => File.Delete(_path);

    // A folder that is removed while it is made is reported as "already exists".
    private static bool IsVanished(IOException failure) =>
        failure is DirectoryNotFoundException or FileNotFoundException || failure.HResult == AlreadyExists;

    private bool Overwrite(string path)
    {
        File.Move(_path, path, overwrite: true);
        return true;
    }
}
