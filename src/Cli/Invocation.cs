namespace MacroCausal.Cli;

/// <summary>Commands as a person can paste them where they stand: by the name under which this program is found from there.</summary>
internal static class Invocation
{
    private const string Name = "macrocausal";

    private static readonly string Program = Find(
        Environment.ProcessPath,
        Path.Combine(AppContext.BaseDirectory, Name + ".dll"),
        Environment.CurrentDirectory,
        Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The command line of some words, quoted for a POSIX shell.</summary>
    public static string Of(params IReadOnlyList<string> words) => Of(Program, words);

    /// <summary>
    /// How the program is called: by its name where the search path leads to it, else by its path; through <c>dotnet</c> where it was
    /// started so, and by its name where this process is another one that only carries it.
    /// </summary>
    /// <param name="process">Path of the running executable.</param>
    /// <param name="assembly">Path of the program's assembly.</param>
    /// <param name="folder">Where the person stands.</param>
    /// <param name="searchPath">The shell's search path.</param>
    internal static string Find(string? process, string assembly, string folder, string? searchPath)
    {
        switch (Path.GetFileNameWithoutExtension(process))
        {
            case Name:
                var first = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                    .Select(place => Path.Combine(place, Name)).FirstOrDefault(File.Exists);
                return first is not null && Resolved(first) == Resolved(process!) ? Name : Quoted(From(folder, process!));
            case "dotnet" when File.Exists(assembly) && Environment.GetCommandLineArgs()[0] == assembly:
                return "dotnet " + Quoted(From(folder, assembly));
            default:
                return Name;
        }
    }

    private static string Of(string program, IReadOnlyList<string> words) => string.Join(' ', words.Select(Quoted).Prepend(program));

    private static string Resolved(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    // A name without a slash would be looked for on the search path.
    private static string From(string folder, string path)
    {
        var relative = Path.GetRelativePath(folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path
            : relative.Contains('/', StringComparison.Ordinal) ? relative : "./" + relative;
    }

    // As a POSIX shell takes it for one word.
    private static string Quoted(string word) =>
        word.Length > 0
        && word.All(character => char.IsLetterOrDigit(character) || "/:._@+=,-".Contains(character, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
