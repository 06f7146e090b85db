using System.Globalization;
using System.Text;
using System.Text.Json;
using Amazon.SQS.Model;
using MacroCausal.Contracts;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>A message that somebody put on a queue of a service, made of a seed.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Mark">What its body has that no other has.</param>
/// <param name="Body">The body, 1 byte to 1 MiB.</param>
/// <param name="Attributes">At most ten attributes.</param>
/// <param name="IsUnreadable">Whether nobody can take it for a message of that queue, so that it must be put aside.</param>
internal sealed record HostileMessage(
    string Queue, string Mark, string Body, Dictionary<string, MessageAttributeValue> Attributes, bool IsUnreadable)
{
    private static readonly (string Queue, Type[] Types)[] Queues =
    [
        (QueueNames.StartTraining, [typeof(StartTraining)]),
        (QueueNames.Study,
        [
            typeof(StartStudy), typeof(ResumeTraining), typeof(CancelTraining), typeof(PauseTraining), typeof(SweepStudy),
            typeof(DataPrepared), typeof(DataRejected), typeof(TrialEpochCompleted), typeof(TrialFailed), typeof(ModelRegistered),
            typeof(RegistrationFailed),
        ]),
        (QueueNames.PrepareData, [typeof(PrepareData)]),
        (QueueNames.RunTrial, [typeof(RunTrial)]),
        (QueueNames.RegisterModel, [typeof(RegisterModel)]),
    ];

    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e999", "12345678901234567890123", "1.5", "\"\"", "\"\\ud800\"", "\"../..\"", "\"s3://\"", "[]", "{}",
        "[[]]", "{\"low\":\"x\"}", "\"arn:aws:states:eu-west-1:1:x\"", "[1e999]", "\"\\u0000\"", "2147483648", "[null]",
    ];

    /// <summary>The message of that number; the same for every run.</summary>
    public static HostileMessage Of(int number)
    {
        var random = new Random(20261130 + number);
        var (queue, types) = Queues[number % Queues.Length];
        var mark = string.Create(CultureInfo.InvariantCulture, $"hostile-{number:D6}-");
        var (body, isUnreadable) = random.Next(10) switch
        {
            0 => ($"{mark} is no JSON", true),
            1 => ($"{{\"mark\":\"{mark}\",\"x\":" + new string('[', 10_000), true),
            2 => ($"{{\"mark\":\"{mark}\",\"message\":{{\"executionId\":\"x", true),
            3 => ($"{{\"TopicArn\":\"\\ud800\",\"Message\":\"{mark}\"}}", false),
            4 when number % 50 == 4 => (mark + new string('x', 900_000), true),
            4 => ($"{{\"messageType\":[\"urn:message:Elsewhere:Question\"],\"message\":{{\"mark\":\"{mark}\"}}}}", false),
            5 => ($"{{\"messageType\":{Any(random)},\"message\":{Any(random)},\"headers\":{Any(random)},\"mark\":\"{mark}\"}}", false),
            6 or 7 => (Envelope(types[random.Next(types.Length)], mark, random, isTyped: false), false),
            // The Registry takes one at a time and tries it four times.
            _ when queue == QueueNames.RegisterModel && number % 20 != 4 => ($"{mark}{{}}", true),
            _ => (Envelope(types[random.Next(types.Length)], mark, random, isTyped: true), false),
        };
        return new HostileMessage(queue, mark, body, AttributesOf(random), isUnreadable);
    }

    // Every field is there and none is what it should be, or has the right type at least; the study is one that nobody knows.
    private static string Envelope(Type type, string mark, Random random, bool isTyped)
    {
        var fields = type.GetProperties().Where(property => property.Name != nameof(RunTrial.ExecutionId))
            .Select(property => (property.Name, Value: isTyped ? Typed(property.PropertyType, random) : Any(random)));
        var envelope = new StringBuilder($"{{\"messageType\":[\"urn:message:MacroCausal.Contracts:{type.Name}\"],\"message\":")
            .Append(Object([(nameof(RunTrial.ExecutionId), $"\"{mark}\""), .. fields])).Append('}');
        return envelope.ToString();
    }

    private static string Typed(Type type, Random random)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => Pick(random, "\"\"", "\"../..\"", "\"s3://\"", "\"s3://gold/x\"", "\"\\u0000\"", "\"target\""),
            _ when type == typeof(bool) => Pick(random, "true", "false"),
            _ when type == typeof(int) => Pick(random, "-1", "0", "1", "2147483647"),
            _ when type == typeof(long) => Pick(random, "-1", "0", "9223372036854775807"),
            _ when type == typeof(double) => Pick(random, "-1", "0", "1e308", "1e-308"),
            _ when type == typeof(DateTimeOffset) => Pick(random, "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\""),
            _ when type.IsGenericType && type.GetGenericArguments() is [var item] => $"[{Typed(item, random)}]",
            _ when type.Namespace == typeof(RunTrial).Namespace && type != typeof(MetricValues) =>
                Object([.. type.GetProperties().Where(property => property.CanWrite)
                    .Select(property => (property.Name, Typed(property.PropertyType, random)))]),
            _ => "{}",
        };
    }

    private static string Object(IEnumerable<(string Name, string Value)> fields) => "{"
        + string.Join(',', fields.Select(field => $"\"{JsonNamingPolicy.CamelCase.ConvertName(field.Name)}\":{field.Value}")) + "}";

    private static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];

    private static string Any(Random random) => Pick(random, Values);

    private static Dictionary<string, MessageAttributeValue> AttributesOf(Random random)
    {
        var attributes = new Dictionary<string, MessageAttributeValue>();
        for (var count = random.Next(4) == 0 ? 10 : random.Next(3); count > 0; count--)
        {
            attributes[$"a{count}"] = random.Next(2) == 0
                ? new MessageAttributeValue { DataType = "Binary", BinaryValue = new MemoryStream([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0]) }
                : new MessageAttributeValue { DataType = "String", StringValue = "é 日本 " + random.Next() };
        }

        if (random.Next(3) == 0 && attributes.Count < 10)
        {
            attributes["Content-Type"] = new MessageAttributeValue
            {
                DataType = "String",
                StringValue = random.Next(2) == 0 ? "application/vnd.masstransit+json" : "/;;",
            };
        }

        return attributes;
    }
}
