using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// Keys of the study table: the execution id is the partition, and the sort key says what the record is, with numbers as wide as they can get, so that the order of the text is
/// theirs. Only studies have the attributes of <see cref="Index"/>, so that it lists nothing else.
/// </summary>
internal static class StudyKeys
{
    public const string Partition = "execution_id";
    public const string Sort = "record_key";
    public const string Index = "StudiesIndex";
    public const string IndexPartition = "kind";
    public const string IndexSort = "started_at";
    public const string Kind = "study";
    public const string Study = "study";
    public const string Trials = "trial#";
    public const string Epochs = "epoch#";

    public static string Trial(int trial) => string.Create(CultureInfo.InvariantCulture, $"{Trials}{trial:D10}");

    public static string Epoch(int trial, int epoch) => string.Create(CultureInfo.InvariantCulture, $"{Epochs}{trial:D10}#{epoch:D10}");

    public static Dictionary<string, AttributeValue> Of(string executionId, string record) => new()
    {
        [Partition] = Attributes.Of(executionId),
        [Sort] = Attributes.Of(record),
    };
}
