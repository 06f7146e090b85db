using System.Text.Json;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// What networks learn that learn what a baseline leaves of the target, <c>residual.json</c>: target less forecast over
/// <see cref="Scale"/>, from features that are held within the range of the training rows. So they see no value that they were not trained
/// on, while the baseline follows the target wherever it goes.
/// </summary>
public sealed record ResidualModel
{
    /// <summary>The baseline, fitted on the training rows; it sees the features as they are.</summary>
    public required LinearMember Baseline { get; init; }

    /// <summary>Root mean square of what the baseline leaves on the training rows, in scaled targets, above 0.</summary>
    public required double Scale { get; init; }

    /// <summary>Lowest value of every feature on the training rows, [F].</summary>
    public required float[] Lowest { get; init; }

    /// <summary>Highest value of every feature on the training rows, [F].</summary>
    public required float[] Highest { get; init; }

    /// <summary>Fits scale and ranges.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="train">The training rows, with targets; one or more.</param>
    public static ResidualModel Of(LinearMember baseline, FeatureMatrix train)
    {
        float[] lowest = [.. train.Row(0)];
        float[] highest = [.. lowest];
        for (var row = 0; row < train.Rows; row++)
        {
            var features = train.Row(row);
            for (var feature = 0; feature < features.Length; feature++)
            {
                lowest[feature] = Math.Min(lowest[feature], features[feature]);
                highest[feature] = Math.Max(highest[feature], features[feature]);
            }
        }

        return new ResidualModel
        {
            Baseline = baseline,
            Scale = Math.Sqrt(baseline.Loss(train)),
            Lowest = lowest,
            Highest = highest,
        };
    }

    /// <summary>What the networks learn of some rows: features within their ranges, and what is left of the target.</summary>
    /// <param name="rows">The rows, with targets, in memory.</param>
    /// <returns>The same rows.</returns>
    public FeatureMatrix Apply(FeatureMatrix rows)
    {
        var features = new float[rows.Features.Length];
        var target = new float[rows.Rows];
        for (var row = 0; row < rows.Rows; row++)
        {
            var own = rows.Row(row);
            var held = features.AsSpan(row * own.Length, own.Length);
            for (var feature = 0; feature < own.Length; feature++)
            {
                held[feature] = Math.Clamp(own[feature], Lowest[feature], Highest[feature]);
            }

            target[row] = (float)((rows.Target![row] - Baseline.Forecast(own)) / Scale);
        }

        return rows with { Features = features, Target = target };
    }

    /// <summary>The content of <c>residual.json</c>; the same model gives the same bytes.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DataJson.Options);

    /// <summary>Reads a <c>residual.json</c>.</summary>
    /// <param name="json">The file.</param>
    /// <param name="features">Number of features F that it must be of.</param>
    /// <exception cref="TableException">It is none, or is of other features.</exception>
    public static ResidualModel FromJson(ReadOnlySpan<byte> json, int features)
    {
        try
        {
            var model = JsonSerializer.Deserialize<ResidualModel>(json, DataJson.Options) ?? throw new JsonException("it is null");
            return model.Baseline.Weights.Length == features && model.Lowest.Length == features && model.Highest.Length == features
                ? model
                : throw new JsonException($"it is not of {features} features");
        }
        catch (JsonException exception)
        {
            throw new TableException(
                $"residual.json cannot be read ({exception.Message.TrimEnd('.')}); train again or restore it.", exception);
        }
    }
}
