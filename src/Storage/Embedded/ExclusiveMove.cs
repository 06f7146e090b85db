using System.Runtime.InteropServices;
using System.Text;

namespace MacroCausal.Storage.Embedded;

/// <summary>
/// Gives a file a name that nobody has, and of several who try at once only to one. <see cref="File.Move(string, string, bool)"/> without overwriting is not that on Unix: it looks
/// first and renames then, and a rename replaces. link(2) looks and names in one step.
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
