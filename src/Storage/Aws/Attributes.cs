using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>Values as items hold them.</summary>
internal static class Attributes
{
    // What a DynamoDB number can hold, where a double reaches from 4.9E-324 to 1.8E308.
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    private const double MinMagnitude = 1e-130;
    private const double MagnitudeLimit = 1e126;

    public static AttributeValue Of(string text) => new() { S = text };

    public static AttributeValue Of(long number) => new() { N = number.ToString(CultureInfo.InvariantCulture) };

    /// <summary>A number, or its text where DynamoDB's numbers do not reach: the loss of a trial that diverges may be 1E200.</summary>
    public static AttributeValue Of(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return IsNumber(number) ? new() { N = text } : new() { S = text };
    }

    public static AttributeValue Of(DateTimeOffset instant) => Of(InstantText.Of(instant));

    /// <summary>Whether DynamoDB holds it as a number.</summary>
    public static bool IsNumber(double number) => number == 0 || (Math.Abs(number) >= MinMagnitude && Math.Abs(number) < MagnitudeLimit);

    public static string Text(this Dictionary<string, AttributeValue> item, string name) => item[name].S;

    public static string? FindText(this Dictionary<string, AttributeValue> item, string name) => item.GetValueOrDefault(name)?.S;

    public static int Count(this Dictionary<string, AttributeValue> item, string name) =>
        int.Parse(item[name].N, CultureInfo.InvariantCulture);

    public static long Integer(this Dictionary<string, AttributeValue> item, string name) =>
        long.Parse(item[name].N, CultureInfo.InvariantCulture);

    public static double Number(this Dictionary<string, AttributeValue> item, string name) => Number(item[name]);

    public static double? FindNumber(this Dictionary<string, AttributeValue> item, string name) =>
        item.TryGetValue(name, out var value) ? Number(value) : null;

    public static double Number(AttributeValue value) => double.Parse(value.N ?? value.S, CultureInfo.InvariantCulture);

    public static DateTimeOffset Instant(this Dictionary<string, AttributeValue> item, string name) => InstantText.Parse(item.Text(name));

    /// <summary>Adds an attribute that is left out where there is no value.</summary>
    public static void AddIfAny(this Dictionary<string, AttributeValue> item, string name, string? text)
    {
        if (text is not null)
        {
            item.Add(name, Of(text));
        }
    }

    /// <inheritdoc cref="AddIfAny(Dictionary{string, AttributeValue}, string, string?)"/>
    public static void AddIfAny(this Dictionary<string, AttributeValue> item, string name, double? number)
    {
        if (number is { } value)
        {
            item.Add(name, Of(value));
        }
    }
}
