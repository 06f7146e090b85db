namespace MacroCausal.Cli.Embedded;

/// <summary>Keeps two processes from running the same study out of one store. The operating system lets go of it when the process ends, however it ends.</summary>
internal sealed class StudyLock : IDisposable
{
    private readonly FileStream _file;

    private StudyLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of a study, or throws where another process holds it.</summary>
    public static StudyLock Take(EmbeddedStore store, string executionId)
    {
        var folder = Directory.CreateDirectory(Path.Combine(store.Directory, "locks"));
        var path = Path.Combine(folder.FullName, ExecutionIds.StudyId(executionId).ToString("N"));
        try
        {
            return new StudyLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new BadInputException($"The study '{executionId}' is running in another process on '{store.Directory}'; wait for it, or use another --execution-id.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
