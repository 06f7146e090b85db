using System.Text.Json;
using System.Text.Json.Serialization;

namespace MacroCausal.Contracts;

/// <summary>A metric that the trainer computes after every epoch.</summary>
/// <param name="Name">Its name in messages and records.</param>
/// <param name="Column">Its column in <c>trials.parquet</c>.</param>
/// <param name="Text">What it is, in one line.</param>
public sealed record EpochMetric(string Name, string Column, string Text);

/// <summary>The one table of the metrics of an epoch. A new metric is a line here and its computation in the trainer.</summary>
public static class EpochMetrics
{
    /// <summary>Name of the mean squared error over the training rows.</summary>
    public const string TrainLoss = "trainLoss";

    /// <summary>Name of the mean squared error over the validation rows.</summary>
    public const string ValidationLoss = "validationLoss";

    /// <summary>All metrics, in the order of the columns of <c>trials.parquet</c>.</summary>
    public static IReadOnlyList<EpochMetric> All { get; } =
    [
        new(TrainLoss, "train_loss", "Mean squared error over the training rows, as they were seen during the epoch."),
        new(ValidationLoss, "validation_loss", "Mean squared error over the validation rows after the epoch."),
    ];

    /// <summary>
    /// The metric of that name. One that this version does not know keeps its value as it is, in a column <c>metric_{name}</c>.
    /// </summary>
    public static EpochMetric Of(string name) => All.FirstOrDefault(metric => metric.Name == name) ?? new(name, $"metric_{name}", "");
}

/// <summary>
/// Values of metrics by name (<see cref="EpochMetrics"/>), equal where they hold the same. Only finite numbers are held: others are left
/// out.
/// </summary>
[JsonConverter(typeof(MetricValuesJsonConverter))]
public sealed class MetricValues : IEquatable<MetricValues>
{
    private readonly SortedList<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>Holds the values that are finite; of two with one name the last.</summary>
    public MetricValues(params IEnumerable<(string Name, double? Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
        {
            _values.Remove(name);
            if (value is { } number && double.IsFinite(number))
            {
                _values.Add(name, number);
            }
        }
    }

    /// <summary>No value at all.</summary>
    public static MetricValues None { get; } = new();

    /// <summary>The metric <see cref="EpochMetrics.TrainLoss"/>; none where it was not finite.</summary>
    public double? TrainLoss => this[EpochMetrics.TrainLoss];

    /// <summary>The metric <see cref="EpochMetrics.ValidationLoss"/>; none where it was not finite.</summary>
    public double? ValidationLoss => this[EpochMetrics.ValidationLoss];

    /// <summary>The values that are held, in the order of their names.</summary>
    public IReadOnlyDictionary<string, double> ByName => _values;

    /// <summary>The metric's value; none where it was not reported or was not finite.</summary>
    public double? this[string name] => _values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Mean squared errors over the training and the validation rows.</summary>
    public static MetricValues Losses(double? train, double? validation) =>
        new((EpochMetrics.TrainLoss, train), (EpochMetrics.ValidationLoss, validation));

    /// <summary>The same, but for one metric.</summary>
    public MetricValues With(string name, double? value) =>
        new([.. _values.Select(held => (held.Key, (double?)held.Value)), (name, value)]);

    /// <inheritdoc/>
    public bool Equals(MetricValues? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetricValues);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(0, (hash, held) => HashCode.Combine(hash, held.Key, held.Value));
}

/// <summary>
/// Values of metrics as a JSON object: <c>{"trainLoss": 61.2, "validationLoss": 57.9}</c>. Null, and what is not a number, is left out.
/// </summary>
internal sealed class MetricValuesJsonConverter : JsonConverter<MetricValues>
{
    public override bool HandleNull => true;

    public override MetricValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        if (json.RootElement.ValueKind != JsonValueKind.Object) return MetricValues.None;
        return new([.. json.RootElement.EnumerateObject().Select(metric => (metric.Name, Number(metric.Value)))]);
    }

    public override void Write(Utf8JsonWriter writer, MetricValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, number) in value.ByName)
        {
            writer.WriteNumber(name, number);
        }

        writer.WriteEndObject();
    }

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
