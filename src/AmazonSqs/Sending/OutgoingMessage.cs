using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using MassTransit;

namespace MacroCausal.AmazonSqs.Sending;

/// <summary>
/// A message as SQS and SNS take it. Every limit of the services is checked when it is created, so that a message over a limit never fails
/// a whole batch.
/// </summary>
internal sealed partial record OutgoingMessage
{
    /// <summary>1 MiB, for SQS and for SNS.</summary>
    public const int MaxBytes = 1024 * 1024;
    public const int MaxAttributes = 10;
    public const int MaxGroupLength = 128;
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(15);

    private OutgoingMessage(string body, IReadOnlyDictionary<string, string> attributes, int delaySeconds)
    {
        Body = body;
        Attributes = attributes;
        DelaySeconds = delaySeconds;
        Size = SizeOf(body, attributes);
    }

    public string Body { get; }

    public IReadOnlyDictionary<string, string> Attributes { get; }

    public int DelaySeconds { get; }

    /// <summary>Group of a standard queue whose messages are served fairly; null for none.</summary>
    public string? GroupId { get; private init; }

    /// <summary>Bytes as the services count them: the body, and every attribute's name, type and value.</summary>
    public int Size { get; }

    /// <exception cref="TransportException">The message is over a limit; the text names the limit, the value and what to do.</exception>
    public static OutgoingMessage Create(
        Uri destination,
        string body,
        IReadOnlyDictionary<string, string> attributes,
        TimeSpan? delay = null,
        string? groupId = null)
    {
        CheckAttributes(destination, attributes);
        CheckGroup(destination, groupId);
        var message = new OutgoingMessage(body, attributes, DelayOf(destination, delay)) { GroupId = groupId };
        if (message.Size <= MaxBytes) return message;
        throw new TransportException(
            destination,
            $"The message is {message.Size} bytes with its attributes; SQS and SNS take {MaxBytes}. "
            + "Put the data into an object store and send its address.");
    }

    /// <summary>
    /// The message for an error or skipped queue. It must never be refused there, or it would be redelivered again and again. So attributes
    /// that do not fit are left out, the last of <paramref name="attributes"/> first, and those that SQS would refuse; the body has the
    /// headers too.
    /// </summary>
    public static OutgoingMessage Trim(string body, IEnumerable<KeyValuePair<string, string>> attributes)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        var size = Encoding.UTF8.GetByteCount(body);
        foreach (var (name, value) in attributes.Where(IsTaken).Take(MaxAttributes))
        {
            size += SizeOf(name, value);
            if (size > MaxBytes) break;
            kept[name] = value;
        }

        return new OutgoingMessage(body, kept, 0);
    }

    /// <summary>Whether SQS takes it as a body or an attribute's value: not empty, and only characters that XML 1.0 has.</summary>
    public static bool IsText(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                index++;
            }
            else if (!XmlConvert.IsXmlChar(character))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static bool IsTaken(KeyValuePair<string, string> attribute) => IsAttributeName(attribute.Key) && IsText(attribute.Value);

    private static int SizeOf(string body, IReadOnlyDictionary<string, string> attributes) =>
        Encoding.UTF8.GetByteCount(body) + attributes.Sum(attribute => SizeOf(attribute.Key, attribute.Value));

    private static int SizeOf(string name, string value) =>
        Encoding.UTF8.GetByteCount(name) + "String".Length + Encoding.UTF8.GetByteCount(value);

    private static void CheckAttributes(Uri destination, IReadOnlyDictionary<string, string> attributes)
    {
        if (attributes.Count > MaxAttributes)
        {
            var names = string.Join(", ", attributes.Keys);
            throw new TransportException(
                destination,
                $"The message has {attributes.Count} attributes ({names}); SQS takes {MaxAttributes}. "
                + "Set fewer headers, or keep some in the message itself.");
        }

        if (attributes.Keys.FirstOrDefault(name => !IsAttributeName(name)) is { } refused)
        {
            throw new TransportException(
                destination,
                $"SQS refuses the header '{refused}' as an attribute's name: at most 256 letters, digits, '_', '-' and single '.' inside, "
                + "not 'AWS.' or 'Amazon.' first. Rename the header.");
        }
    }

    private static void CheckGroup(Uri destination, string? groupId)
    {
        if (groupId is null) return;
        if (groupId.Length is > 0 and <= MaxGroupLength && groupId.All(character => character is > ' ' and <= '~')) return;
        throw new TransportException(
            destination,
            $"SQS refuses the message group '{groupId}': 1 to {MaxGroupLength} letters, digits and punctuation of ASCII. "
            + "Name the group by a hash.");
    }

    private static int DelayOf(Uri destination, TimeSpan? delay)
    {
        if (delay is not { } wanted || wanted <= TimeSpan.Zero) return 0;
        if (wanted > MaxDelay)
        {
            throw new TransportException(
                destination,
                $"SQS delays a message by at most {MaxDelay:c}, not {wanted:c}. Use shorter intervals, or a scheduler.");
        }

        return (int)Math.Ceiling(wanted.TotalSeconds);
    }

    private static bool IsAttributeName(string name) =>
        name.Length <= 256
        && AttributeName().IsMatch(name)
        && !name.StartsWith("AWS.", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("Amazon.", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")]
    private static partial Regex AttributeName();
}
