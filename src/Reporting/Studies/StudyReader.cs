using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Tables;
using MacroCausal.Reporting.Features;
using MacroCausal.Storage;

namespace MacroCausal.Reporting.Studies;

/// <summary>Reads what is stored of a study. What is missing, or of another version, is left out: a report shows what there is.</summary>
internal sealed class StudyReader(IObjectStore objects, IStudyStore studies)
{
    public async Task<StudyFacts> ReadAsync(ReportRequest request, CancellationToken cancellationToken)
    {
        var id = request.Settings.ExecutionId;
        return await ReadAsync(
            request,
            await studies.ListTrialsAsync(id, cancellationToken).ToListAsync(cancellationToken),
            await studies.ListEpochsAsync(id, cancellationToken).ToListAsync(cancellationToken),
            cancellationToken);
    }

    /// <summary>The same where its records have been read.</summary>
    public async Task<StudyFacts> ReadAsync(
        ReportRequest request, IReadOnlyList<TrialRecord> trials, IReadOnlyList<EpochRecord> epochs, CancellationToken cancellationToken)
    {
        var (settings, id) = (request.Settings, request.Settings.ExecutionId);
        var model = ObjectKeys.Uri(settings.ArtifactsBucket, ObjectKeys.Model(id));
        return new StudyFacts
        {
            Request = request,
            Model = await JsonAsync(model + "metadata.json", StoredJson.Default.StoredModel, cancellationToken),
            Profile = request.Data is { } data
                ? await JsonAsync(data.Profile.Uri, StoredJson.Default.StoredProfile, cancellationToken)
                : null,
            Forecasts = await ForecastsAsync(model + Forecasts.FileName, request.Data?.BaselineForecasts?.Uri, cancellationToken),
            WalkForward = await WalkForwardAsync(settings, cancellationToken),
            Effects = await JsonAsync(model + FeatureEffects.FileName, FeatureJson.Default.FeatureEffects, cancellationToken),
            Trials = trials,
            Epochs = epochs,
        };
    }

    private async Task<T?> JsonAsync<T>(string uri, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        await using var content = await objects.FindAsync(uri, cancellationToken);
        try
        {
            return content is null ? null : await JsonSerializer.DeserializeAsync(content, type, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<Forecasts?> ForecastsAsync(string predictions, string? baselines, CancellationToken cancellationToken) =>
        (await TableAsync(predictions, Forecasts.Of, cancellationToken))
        ?? (baselines is null
            ? null
            : await TableAsync(baselines, table => Forecasts.Of(BaselineForecasts.FromTable(table).Validation), cancellationToken));

    // All folds or none: their figures are those of all blocks together.
    private async Task<IReadOnlyList<WalkForwardBlock>> WalkForwardAsync(StudySettings settings, CancellationToken cancellationToken)
    {
        var blocks = new List<WalkForwardBlock>();
        foreach (var (index, fold) in settings.Folds().Index())
        {
            var uri = ObjectKeys.Uri(settings.ArtifactsBucket, ObjectKeys.FoldForecasts(fold.ExecutionId));
            if (await TableAsync(uri, table => WalkForwardBlock.FromTable(table, index + 1), cancellationToken) is not { } block) return [];
            blocks.Add(block);
        }

        return blocks;
    }

    private async Task<T?> TableAsync<T>(string uri, Func<Table, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        await using var content = await objects.FindAsync(uri, cancellationToken);
        try
        {
            if (content is null) return null;
            using var table = await ParquetTable.ReadAsync(content, uri, cancellationToken);
            return read(table);
        }
        catch (TableException)
        {
            return null;
        }
    }
}
