namespace MacroCausal.Storage.Embedded;

/// <summary>Turns what the file system says into one sentence that names the object and the remedy.</summary>
internal static class DirectoryFailure
{
    // Error numbers of Linux and macOS, and what Windows says instead.
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool IsExplained(Exception exception) => exception is IOException or UnauthorizedAccessException;

    public static ObjectStoreException Explain(string verb, string uri, string path, string root, Exception exception) =>
        new($"'{uri}' could not be {verb}: {Reason(path, root, exception)}", exception) { Cause = FailureCause.Process };

    private static string Reason(string path, string root, Exception exception)
    {
        if (FileInTheWay(path, root) is { } file)
        {
            return $"'{file}' is a file where a folder must be; delete that object or choose another address.";
        }

        return exception switch
        {
            _ when Directory.Exists(path) =>
                $"'{path}' is a folder, because objects below this address exist; delete them or choose another address.",
            UnauthorizedAccessException => $"permission is denied at '{path}'; give this user the right to read and write '{root}'.",
            PathTooLongException => $"the path '{path}' is too long for the file system; choose a shorter storage directory than '{root}'.",
            { HResult: NoSpace or WindowsDiskFull } => $"the disk that holds '{root}' is full; free some space and try again.",
            { HResult: ReadOnly } => $"'{root}' is on a read-only file system; choose a storage directory that can be written.",
            _ => $"{exception.Message.TrimEnd('.')}; check the source of the content and the storage directory '{root}', and try again.",
        };
    }

    private static string? FileInTheWay(string path, string root)
    {
        var folder = Path.GetDirectoryName(path);
        while (folder is not null && folder.Length >= root.Length)
        {
            if (File.Exists(folder))
            {
                return folder;
            }

            folder = Path.GetDirectoryName(folder);
        }

        return null;
    }
}
