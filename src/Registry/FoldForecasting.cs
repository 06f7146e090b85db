using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Ends the study of a walk-forward's fold: what it would deliver forecasts the fold's block, and no model is registered. Run twice, it
/// writes the same.
/// </summary>
internal sealed class FoldForecasting(
    EpochArrival epochs, RegistrationInputReader inputs, IObjectStore objects, CheckpointCleanup cleanup)
{
    public async Task<FoldForecast> ForecastAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var uri = ObjectKeys.Uri(command.Settings.ArtifactsBucket, ObjectKeys.FoldForecasts(command.ExecutionId));
        var forecasts = await FindAsync(uri, cancellationToken) ?? await WriteAsync(command, uri, cancellationToken);
        await cleanup.DeleteAsync(command, cancellationToken);
        return new FoldForecast { ExecutionId = command.ExecutionId, Forecasts = forecasts };
    }

    private async Task<ObjectReference?> FindAsync(string uri, CancellationToken cancellationToken)
    {
        await using var written = await objects.FindAsync(uri, cancellationToken);
        return written is null ? null : new ObjectReference(uri, await RegistrationInputReader.HashAsync(written, cancellationToken));
    }

    private async Task<ObjectReference> WriteAsync(RegisterModel command, string uri, CancellationToken cancellationToken)
    {
        var records = await epochs.WaitAsync(command.ExecutionId, command.Data, cancellationToken);
        await using var read = await inputs.ReadAsync(command, records, cancellationToken);
        using var best = new Predictor(read.Model);
        using var ensemble = read.Comparison.Delivered is { } mean ? new Predictor(mean) : null;
        var forecasts = ModelForecasts.Of(command, read, best, ensemble ?? best);
        if (forecasts is not { Validation: not null, Test: not null })
        {
            throw new RegistrationException("The rows of the fold are too many to be forecast one by one; leave the walk-forward out.");
        }

        using var content = new MemoryStream();
        await ParquetTable.WriteAsync(forecasts.ToTable()!, content, cancellationToken);
        content.Position = 0;
        return await objects.PutAsync(uri, content, cancellationToken);
    }
}
