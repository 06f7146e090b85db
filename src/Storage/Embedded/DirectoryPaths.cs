using System.Text;
using static System.FormattableString;

namespace MacroCausal.Storage.Embedded;

/// <summary>
/// Maps addresses to file names and back. A segment of a key is a file name as it stands, save for four cases that are undone on the way
/// back: <c>%</c> and characters that the system does not allow in names are written <c>%25</c>; a segment longer than a name may be
/// continues in a folder whose name ends with a bare <c>%</c>; where <c>.</c> or <c>..</c> would be left to continue with, which are
/// folders, its first dot is written <c>%2E</c>.
/// </summary>
internal static class DirectoryPaths
{
    private const int MaxNameBytes = 255;
    private static readonly char[] Escaped = ['%', .. Path.GetInvalidFileNameChars()];

    public static string ToPath(string bucket, string key) => Path.Combine([bucket, .. key.Split('/').SelectMany(ToNames)]);

    public static string ToKey(string relativePath)
    {
        var key = new StringBuilder();
        foreach (var name in relativePath.Split(Path.DirectorySeparatorChar))
        {
            key.Append(name.EndsWith('%') ? Unescape(name[..^1]) : Unescape(name) + "/");
        }

        return key.ToString(0, key.Length - 1);
    }

    private static IEnumerable<string> ToNames(string segment)
    {
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var rune in segment.EnumerateRunes())
        {
            var written = Escape(rune);
            var more = Encoding.UTF8.GetByteCount(written);
            if (bytes + more > MaxNameBytes - 1)
            {
                yield return name.Append('%').ToString();
                name.Clear();
                bytes = 0;
            }

            name.Append(written);
            bytes += more;
        }

        yield return name.ToString() is "." or ".." ? name.Replace(".", "%2E", 0, 1).ToString() : name.ToString();
    }

    private static string Escape(Rune rune) =>
        rune.IsBmp && Escaped.Contains((char)rune.Value) ? Invariant($"%{rune.Value:X2}") : rune.ToString();

    private static string Unescape(string name) => name.Contains('%') ? Uri.UnescapeDataString(name) : name;
}
