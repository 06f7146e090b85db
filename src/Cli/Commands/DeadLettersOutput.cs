using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MacroCausal.Cli.DeadLetters;

namespace MacroCausal.Cli.Commands;

/// <summary>Dead letters as lines that fit a pipe, one a message, or as one line of JSON.</summary>
internal sealed class DeadLettersOutput(bool json, TextWriter output, TextWriter error)
{
    private const string Line = "  {0,-19}  {1,-20}  {2,5}  {3,-36}  {4}  {5}";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void List(IReadOnlyList<DeadLetterQueue> queues, IReadOnlyList<DeadLetter> letters)
    {
        if (json)
        {
            var counts = queues.Select(queue =>
                new { queue = queue.Name, messages = queue.Letters.Count, heldByOthers = queue.HeldByOthers });
            output.WriteLine(JsonSerializer.Serialize(new { queues = counts, messages = letters }, Json));
            return;
        }

        foreach (var queue in queues.Where(queue => queue.Letters.Count > 0 || queue.HeldByOthers > 0))
        {
            var held = queue.HeldByOthers > 0 ? $", and {queue.HeldByOthers} that somebody else holds just now" : "";
            output.WriteLine($"{queue.Name}: {Messages(queue.Letters.Count)}{held}");
            Lines(output, [.. letters.Where(letter => letter.Queue == queue.Name)]);
        }

        if (queues.All(queue => queue.Letters.Count == 0))
        {
            output.WriteLine(queues.Count == 0
                ? "no dead letters: there is no dead-letter queue yet"
                : $"no dead letters in {string.Join(", ", queues.Select(queue => queue.Name))}");
        }
    }

    /// <summary>Which messages a change is about, and where each would go.</summary>
    public void Choice(IReadOnlyList<DeadLetter> letters, Func<DeadLetter, string?> target)
    {
        foreach (var group in letters.GroupBy(letter => (letter.Queue, Target: target(letter))))
        {
            var lines = json ? error : output;
            lines.WriteLine($"{group.Key.Queue}{(group.Key.Target is { } to ? $" -> {to}" : "")}: {Messages(group.Count())}");
            Lines(lines, [.. group]);
        }
    }

    /// <summary>What a change did.</summary>
    public void Outcome(DeadLettersChange change, IReadOnlyList<DeadLetter> chosen, HeldDeadLetters held)
    {
        var left = held.Letters.Count() - held.Done;
        (json ? error : output).WriteLine(change.IsDryRun
            ? $"dry run: nothing was changed; it would be {Messages(chosen.Count)}, and {held.Letters.Count() - chosen.Count} would stay"
            : $"{Done(change)}: {Messages(held.Done)}; {left} left");
        if (json)
        {
            var summary = new { change = Done(change), dryRun = change.IsDryRun, done = held.Done, left, messages = chosen };
            output.WriteLine(JsonSerializer.Serialize(summary, Json));
        }
    }

    /// <summary>How far a change came that failed.</summary>
    public void Progress(DeadLettersChange change, HeldDeadLetters held) =>
        error.WriteLine($"{Done(change)} before the error: {Messages(held.Done)}; the rest stays where it is");

    private static string Done(DeadLettersChange change) => change.Verb == "Replay" ? "replayed" : "deleted";

    private static void Lines(TextWriter writer, IReadOnlyList<DeadLetter> letters)
    {
        if (letters.Count == 0) return;

        writer.WriteLine(Line, "faulted, UTC", "type", "trial", "message", "execution", "error");
        foreach (var letter in letters)
        {
            writer.WriteLine(
                Line,
                (letter.FaultedAt ?? letter.SentAt).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                Printable(letter.Type ?? "-"),
                letter.Trial?.ToString(CultureInfo.InvariantCulture) ?? "-",
                Printable(letter.MessageId),
                Printable(letter.ExecutionId ?? "-"),
                Printable(letter.Error));
        }
    }

    private static string Messages(int count) => count == 1 ? "1 message" : $"{count} messages";

    // Anyone may have written it; a terminal obeys control characters.
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
