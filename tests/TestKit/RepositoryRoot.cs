namespace MacroCausal.TestKit;

/// <summary>Where the repository lies that the running tests were built from.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder that holds <c>MacroCausal.sln</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary>The real gold table beside the repository, or null where there is none.</summary>
    public static string? GoldTable
    {
        get
        {
            var path = System.IO.Path.Combine(Path, "..", "shared", "data", "gold-fred-md-2019-12.parquet");
            return File.Exists(path) ? System.IO.Path.GetFullPath(path) : null;
        }
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "MacroCausal.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException(
            $"No folder above '{AppContext.BaseDirectory}' holds MacroCausal.sln; run the tests from their build output.");
    }
}
