using MacroCausal.Data.Tables;

namespace MacroCausal.Cli;

/// <summary>
/// Lines in words for a person: whatever of a table, a file's name or a message they quote, a terminal shows it and obeys nothing in it.
/// </summary>
internal static class Sentences
{
    /// <summary>Writes one line.</summary>
    public static void WriteSentence(this TextWriter output, string sentence) => output.WriteLine(PrintableText.Of(sentence));

    /// <summary>
    /// A line as lines that fit a terminal, cut between words; those after the first begin where the text begins that stands two spaces or
    /// more after its label. What holds a path or a command is left whole, so that it can be pasted.
    /// </summary>
    public static IEnumerable<string> Wrap(string line, int columns)
    {
        var indent = TextStart(line);
        if (line.Length <= columns || indent > columns / 2 || line.AsSpan(indent).ContainsAny('/', '\\'))
        {
            yield return line;
            yield break;
        }

        var (current, start) = (line[..indent], true);
        foreach (var word in line[indent..].Split(' '))
        {
            if (!start && current.Length + 1 + word.Length > columns)
            {
                yield return current;
                (current, start) = (new string(' ', indent), true);
            }

            current += start ? word : " " + word;
            start = false;
        }

        yield return current;
    }

    // Behind "  verdict     ".
    private static int TextStart(string line)
    {
        var label = line.Length - line.AsSpan().TrimStart(' ').Length;
        var gap = line.IndexOf("  ", label, StringComparison.Ordinal);
        return gap < 0 ? label : line.Length - line.AsSpan(gap).TrimStart(' ').Length;
    }
}
