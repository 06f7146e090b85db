using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Reporting.Features;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Writes <c>importance.json</c> beside a registered model, from the model's own file, its preprocessor and the validation rows. Run
/// twice, it writes the same.
/// </summary>
public sealed class FeatureEffectsWriter(IObjectStore objects)
{
    /// <summary>Writes it where it is not there and what it is made of is.</summary>
    public async Task EnsureAsync(ReportRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var folder = ObjectKeys.Uri(request.Settings.ArtifactsBucket, ObjectKeys.Model(request.Settings.ExecutionId));
        await using var written = await objects.FindAsync(folder + FeatureEffects.FileName, cancellationToken);
        if (written is not null || request.Data is not { } data) return;
        try
        {
            if (await EffectsAsync(folder, data, TrialComparison.SeedOf(request.Settings), cancellationToken) is not { } effects) return;
            await objects.PutAsync(
                folder + FeatureEffects.FileName, new MemoryStream(effects.ToJson(), writable: false), cancellationToken);
        }
        catch (Exception exception) when (exception is ModelFileException or TableException)
        {
            // Of another version, or damaged: a report shows what there is.
        }
    }

    private async Task<FeatureEffects?> EffectsAsync(string folder, DataManifest data, int seed, CancellationToken cancellationToken)
    {
        await using var weights = await objects.FindAsync(folder + "model.safetensors", cancellationToken);
        await using var scaler = await objects.FindAsync(data.Scaler.Uri, cancellationToken);
        await using var split = await objects.FindAsync(data.Validation.Uri, cancellationToken);
        if (weights is null || scaler is null || split is null) return null;
        using var json = new MemoryStream();
        await scaler.CopyToAsync(json, cancellationToken);
        var fitted = FittedPreprocessor.FromJson(json.ToArray());
        var ensemble = ModelEnsemble.Read(weights);
        if (ensemble.Features != fitted.Columns.Count) return null;
        // The last rows, which fit into memory; one of them at a time.
        FeatureMatrix? validation = null;
        foreach (var block in SplitTable.ReadBlocks(split, data.Validation.Uri))
        {
            validation = block;
        }

        using var predictor = new Predictor(ensemble);
        return validation is null
            ? null
            : FeatureEffectsBuilder.Of(fitted, validation, data.ValidationRows, predictor.Predict, CostOf(ensemble), seed);
    }

    private static double CostOf(ModelEnsemble ensemble) => ensemble.Members.Sum(member => (double)member.Model.Layout.ParameterCount);
}
