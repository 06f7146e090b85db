using MacroCausal.TestKit;

namespace MacroCausal.Architecture.Tests;

public sealed class LineLengthTests
{
    private const int MaxColumns = 140;

    private static readonly string[] Extensions = [".cs", ".md"];
    private static readonly string[] NotOurs = [".git", "artifacts", "node_modules"];

    [Fact]
    public void No_line_of_code_or_prose_is_longer_than_140_columns()
    {
        var files = Files(new DirectoryInfo(RepositoryRoot.Path)).ToList();

        files.Count.ShouldBeGreaterThan(100);
        files.SelectMany(TooLong).ShouldBeEmpty();
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles()
        .Where(file => Extensions.Contains(file.Extension))
        .Concat(folder.EnumerateDirectories().Where(inner => !NotOurs.Contains(inner.Name)).SelectMany(Files));

    private static IEnumerable<string> TooLong(FileInfo file) => File.ReadLines(file.FullName).Index()
        .Where(line => Columns(line.Item) > MaxColumns)
        .Select(line => $"{Path.GetRelativePath(RepositoryRoot.Path, file.FullName)}:{line.Index + 1}: {Columns(line.Item)} columns");

    private static int Columns(string line) => line.EnumerateRunes().Count();
}
