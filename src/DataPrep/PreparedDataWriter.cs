using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Storage.Objects;

namespace MacroCausal.DataPrep;

/// <summary>Writes splits, scaler and profile below <see cref="ObjectKeys.Data"/>.</summary>
public sealed class PreparedDataWriter(IObjectStore objects)
{
    public async Task<DataManifest> WriteAsync(string bucket, string executionId, Dataset data, CancellationToken cancellationToken)
    {
        string Address(string file) => ObjectKeys.Uri(bucket, ObjectKeys.Data(executionId) + file);
        return new DataManifest
        {
            Train = await WriteSplitAsync(Address("train.parquet"), data.Train, cancellationToken),
            Validation = await WriteSplitAsync(Address("validation.parquet"), data.Validation, cancellationToken),
            Test = data.Test is null ? null : await WriteSplitAsync(Address("test.parquet"), data.Test, cancellationToken),
            Scaler = await WriteAsync(Address("scaler.json"), data.Preparation.ToJson(), cancellationToken),
            Profile = await WriteAsync(Address("profile.json"), data.Profile.ToJson(), cancellationToken),
            Features = data.Preparation.Columns.Count,
            TrainRows = data.Train.Rows,
            ValidationRows = data.Validation.Rows,
            TestRows = data.Test?.Rows ?? 0,
            TargetMean = data.Preparation.TargetMean,
            TargetScale = data.Preparation.TargetScale,
            Baselines = data.Baselines,
        };
    }

    private async Task<ObjectReference> WriteSplitAsync(string uri, FeatureMatrix split, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await SplitTable.WriteAsync(split, content, cancellationToken);
        content.Position = 0;
        return await objects.PutAsync(uri, content, cancellationToken);
    }

    private async Task<ObjectReference> WriteAsync(string uri, byte[] json, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(json);
        return await objects.PutAsync(uri, content, cancellationToken);
    }
}
