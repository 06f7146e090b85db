using MacroCausal.Data;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
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
            BaselineForecasts = await WriteForecastsAsync(Address("baselines.parquet"), dataset, cancellationToken),
            FittedBaselines = await WriteAsync(
                Address("baselines.json"), FittedBaseline.ToJson(dataset.FittedBaselines), cancellationToken),
            LinearMembers = await WriteAsync(Address("linear.json"), LinearMember.ToJson(dataset.LinearMembers), cancellationToken),
            Residual = dataset.Residual is { } residual
                ? new(
                    residual.Baseline.Name, residual.Scale * dataset.Preprocessor.TargetScale,
                    await WriteAsync(Address("residual.json"), residual.ToJson(), cancellationToken))
                : null,
        };
    }

    private async Task<ObjectReference> WriteSplitAsync(string uri, FeatureMatrix split, CancellationToken cancellationToken)
    {
        await using var file = new TemporaryFile();
        using var content = split.IsInMemory ? new MemoryStream() : file.Open();
        await SplitTable.WriteAsync(split, content, cancellationToken);
        content.Position = 0;
        return await objects.PutAsync(uri, content, cancellationToken);
    }

    private async Task<ObjectReference> WriteForecastsAsync(string uri, Dataset dataset, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var table = BaselineForecasts.ToTable(dataset.BaselineForecasts, dataset.TestBaselineForecasts);
        await ParquetTable.WriteAsync(table, content, cancellationToken);
        content.Position = 0;
        return await objects.PutAsync(uri, content, cancellationToken);
    }

    private async Task<ObjectReference> WriteAsync(string uri, byte[] json, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(json);
        return await objects.PutAsync(uri, content, cancellationToken);
    }
}

/// <summary>
/// A file for what is too large for the memory, made when it is opened. It goes when it is closed, or with the process.
/// </summary>
public sealed class TemporaryFile : IAsyncDisposable
{
    private const int BufferBytes = 128 * 1024;
    private FileStream? _file;

    /// <summary>Opens it, empty, to read and write.</summary>
    /// <exception cref="IOException">There is no room for it; the message names the folder and the remedy.</exception>
    public Stream Open()
    {
        var path = Path.Combine(Path.GetTempPath(), "macrocausal-" + Guid.NewGuid().ToString("N"));
        try
        {
            _file = new FileStream(
                path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferBytes, FileOptions.DeleteOnClose);

            // Without a name it goes even when the process is killed.
            File.Delete(path);
            return _file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"A table of this size needs a temporary file in '{Path.GetTempPath()}' ({exception.Message.TrimEnd('.')}); "
                + "free some space there, or set TMPDIR.",
                exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;
}
