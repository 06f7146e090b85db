namespace MacroCausal.Deploy.Tests.Docker;

/// <summary>A Dockerfile's instructions, one a line: comments gone, continued lines joined.</summary>
internal sealed class Dockerfile
{
    private Dockerfile(string text)
    {
        Text = text;
        var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');
        Instructions = string.Join('\n', lines).Replace("\\\n", "", StringComparison.Ordinal).Split('\n');
    }

    public string Text { get; }

    public IReadOnlyList<string> Instructions { get; }

    /// <summary>Instructions of the stage that becomes the image, after those of the stages that it is made from.</summary>
    public IReadOnlyList<string> LastStage => [.. StageAt(Instructions.ToList().FindLastIndex(IsFrom))];

    public static string Folder => Path.Combine(RepositoryRoot.Path, "deploy", "docker");

    public static Dockerfile Read(string name) => new(File.ReadAllText(Path.Combine(Folder, name)));

    /// <summary>What is said to an instruction, wherever it stands.</summary>
    public IEnumerable<string> All(string instruction) => Of(Instructions, instruction);

    /// <summary>What is said to an instruction of the last stage.</summary>
    public IEnumerable<string> Last(string instruction) => Of(LastStage, instruction);

    private IEnumerable<string> StageAt(int from)
    {
        var (lines, start) = (Instructions.ToList(), Instructions[from].Split(' '));
        var below = lines.FindIndex(line => IsFrom(line) && line.EndsWith($" AS {start[1]}", StringComparison.Ordinal));
        return [.. below < 0 ? [] : StageAt(below), .. lines.Skip(from + 1).TakeWhile(line => !IsFrom(line)).Prepend(lines[from])];
    }

    /// <summary>What is said to an instruction of a named stage itself.</summary>
    public IEnumerable<string> In(string stage, string instruction) => Of(
        Instructions.SkipWhile(line => !line.EndsWith($" AS {stage}", StringComparison.Ordinal)).Skip(1).TakeWhile(line => !IsFrom(line)),
        instruction);

    private static bool IsFrom(string line) => line.StartsWith("FROM ", StringComparison.Ordinal);

    private static IEnumerable<string> Of(IEnumerable<string> lines, string instruction) =>
        lines.Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal))
            .Select(line => line[(instruction.Length + 1)..].Trim());
}
