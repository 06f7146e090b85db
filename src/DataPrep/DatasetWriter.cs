using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Storage;

namespace MacroCausal.DataPrep;

/// <summary>Writes splits, scaler and profile below <see cref="ObjectKeys.Data"/>.</summary>
public sealed class DatasetWriter(IObjectStore objects)
{
    public async Task<DataManifest> WriteAsync(string bucket, string executionId, Dataset dataset, CancellationToken cancellationToken)
    {
        string Address(string file) => ObjectKeys.Uri(bucket, ObjectKeys.Data(executionId) + file);
        return new DataManifest
        {
            Train = await WriteSplitAsync(Address("train.parquet"), dataset.Train, cancellationToken),
            Validation = await WriteSplitAsync(Address("validation.parquet"), dataset.Validation, cancellationToken),
            Test = dataset.Test is null ? null : await WriteSplitAsync(Address("test.parquet"), dataset.Test, cancellationToken),
            Scaler = await WriteAsync(Address("scaler.json"), dataset.Preprocessor.ToJson(), cancellationToken),
            Profile = await WriteAsync(Address("profile.json"), dataset.Profile.ToJson(), cancellationToken),
            Features = dataset.Preprocessor.Columns.Count,
            TrainRows = dataset.Train.Rows,
            ValidationRows = dataset.Validation.Rows,
            TestRows = dataset.Test?.Rows ?? 0,
            TargetMean = dataset.Preprocessor.TargetMean,
            TargetScale = dataset.Preprocessor.TargetScale,
            Baselines = dataset.Baselines,
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
