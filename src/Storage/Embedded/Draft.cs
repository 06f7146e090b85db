using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MacroCausal.Storage.Embedded;

/// <summary>An object while it is written: a temporary file that takes its place whole, or goes away without a trace.</summary>
internal sealed class Draft(string folder) : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const int MaxAttempts = 64;
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
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
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
            catch (IOException exception) when (IsVanished(exception) && attempt < MaxAttempts && File.Exists(_path))
            {
                // Somebody deleted the last object of the folder, and the folder with it, just now.
            }
        }
    }

    public void Dispose() => File.Delete(_path);

    // A folder that is removed while it is made is reported as "already exists".
    private static bool IsVanished(IOException exception) =>
        exception is DirectoryNotFoundException or FileNotFoundException || exception.HResult == AlreadyExists;

    private bool Overwrite(string path)
    {
        File.Move(_path, path, overwrite: true);
        return true;
    }
}

/// <summary>
/// Gives a file a name that nobody has, and of several who try at once only to one. <see cref="File.Move(string, string, bool)"/> without
/// overwriting is not that on Unix: it looks first and renames then, and a rename replaces. link(2) looks and names in one step.
/// </summary>
internal static class ExclusiveMove
{
    private const int NoSuchEntry = 2;
    private const int PermissionDenied = 13;
    private const int Exists = 17;

    /// <summary>Moves a file within its file system. False where the name is taken.</summary>
    public static bool TryMove(string from, string to) => OperatingSystem.IsWindows() ? TryMoveOnWindows(from, to) : TryLink(from, to);

    private static bool TryMoveOnWindows(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(to))
        {
            return false;
        }
    }

    private static bool TryLink(string from, string to)
    {
        if (Link(Terminated(from), Terminated(to)) != 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                Exists when File.Exists(to) => false,
                Exists => throw new UnauthorizedAccessException($"'{to}' is a folder."),
                NoSuchEntry => throw new DirectoryNotFoundException($"The folder of '{to}' is gone."),
                PermissionDenied => throw new UnauthorizedAccessException($"Access to '{to}' is denied."),
                var error => throw new IOException($"'{to}' could not be linked: {Marshal.GetPInvokeErrorMessage(error)}", error),
            };
        }

        File.Delete(from);
        return true;
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link(byte[] from, byte[] to);
}
