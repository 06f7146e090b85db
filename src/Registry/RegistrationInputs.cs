using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>Everything that a registration is made of, read and checked.</summary>
internal sealed record RegistrationInputs
{
    /// <summary>The weights of the best trial's best epoch.</summary>
    public required TrainedModel Model { get; init; }

    /// <summary>Seed of the best trial.</summary>
    public required long TrialSeed { get; init; }

    /// <summary>The content of <c>scaler.json</c>, as it was written.</summary>
    public required byte[] Scaler { get; init; }

    /// <summary>The preprocessor that <c>scaler.json</c> holds.</summary>
    public required FittedPreprocessor Preprocessor { get; init; }

    /// <summary>The profile as it was written, without its line for every column.</summary>
    public required JsonObject Profile { get; init; }

    /// <summary>The gold table.</summary>
    public required Table Gold { get; init; }

    /// <summary>Where the gold table is, and what it held when it was read.</summary>
    public required ObjectReference GoldReference { get; init; }

    /// <summary>The rows that chose the model.</summary>
    public required FeatureMatrix Validation { get; init; }

    /// <summary>The rows held out from training and validation; null where there are none.</summary>
    public FeatureMatrix? Test { get; init; }

    /// <summary>What the baselines forecast for the test rows; null where that was not kept, or where there are none.</summary>
    public BaselineForecasts? TestBaselines { get; init; }

    /// <summary>The trials on rows that did not select them.</summary>
    public required TrialComparison Comparison { get; init; }

    /// <summary>Every trial, by number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>Every epoch, by trial, then epoch.</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }
}

/// <summary>
/// Reads what a registration needs from the object store and the study's records. An object that is gone or was changed will not come back
/// by a retry, so that is told apart from a store that fails.
/// </summary>
internal sealed class RegistrationInputReader(IObjectStore objects, IStudyStore studies)
{
    public async Task<RegistrationInputs> ReadAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var checkpoint = await CheckpointAsync(command, cancellationToken);
        var scaler = await ReadAsync(command.Data.Scaler, cancellationToken);
        var preprocessor = FittedPreprocessor.FromJson(scaler);
        ThrowIfWidthsDiffer(command, checkpoint.Features, preprocessor.Columns.Count);
        var goldUri = ObjectKeys.Uri(command.Settings.GoldBucket, ObjectKeys.GoldTable(command.ExecutionId));
        var gold = await ReadAsync(goldUri, cancellationToken);
        var trials = await studies.ListTrialsAsync(command.ExecutionId, cancellationToken).ToListAsync(cancellationToken);
        var validation = await SplitAsync(command.Data.Validation, cancellationToken);
        var baselines = command.Data.BaselineForecasts is { } forecasts ? await ForecastsAsync(forecasts, cancellationToken) : default;
        return new RegistrationInputs
        {
            Model = TrainedModel.BestOf(checkpoint),
            TrialSeed = SeedOfBestTrial(command, trials),
            Scaler = scaler,
            Preprocessor = preprocessor,
            Profile = WithoutColumns(await ReadAsync(command.Data.Profile, cancellationToken)),
            Gold = await ParquetTable.ReadAsync(new MemoryStream(gold.Bytes), goldUri, cancellationToken),
            GoldReference = new(goldUri, gold.Sha256),
            Validation = validation,
            Test = command.Data.Test is { } test ? await SplitAsync(test, cancellationToken) : null,
            TestBaselines = baselines.Test,
            Comparison = await TrialComparison.OfAsync(
                trials, validation, baselines.Validation, command.Data, command.Settings.Seed, ReadAsync, cancellationToken),
            Trials = trials,
            Epochs = await studies.ListEpochsAsync(command.ExecutionId, cancellationToken).ToListAsync(cancellationToken),
        };
    }

    private async Task<Checkpoint> CheckpointAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var checkpoint = Checkpoint.Read(new MemoryStream(await ReadAsync(command.Checkpoint, cancellationToken)));
        return checkpoint.History.BestEpoch == command.BestEpoch
            ? checkpoint
            : throw new RegistrationException(
                $"'{command.Checkpoint.Uri}' holds the weights of epoch {checkpoint.History.BestEpoch}, "
                + $"but the best epoch of trial {command.BestTrial} is {command.BestEpoch}; train again under another execution id.");
    }

    private async Task<FeatureMatrix> SplitAsync(ObjectReference split, CancellationToken cancellationToken) =>
        await SplitTable.ReadAsync(new MemoryStream(await ReadAsync(split, cancellationToken)), split.Uri, cancellationToken);

    private async Task<(BaselineForecasts Validation, BaselineForecasts? Test)> ForecastsAsync(
        ObjectReference forecasts, CancellationToken cancellationToken)
    {
        var content = new MemoryStream(await ReadAsync(forecasts, cancellationToken));
        return BaselineForecasts.FromTable(await ParquetTable.ReadAsync(content, forecasts.Uri, cancellationToken));
    }

    private static void ThrowIfWidthsDiffer(RegisterModel command, int trained, int prepared)
    {
        if (trained != prepared)
        {
            throw new RegistrationException(
                $"'{command.Checkpoint.Uri}' was trained on {trained} features, but '{command.Data.Scaler.Uri}' prepares {prepared}; "
                + "train again under another execution id.");
        }
    }

    private static long SeedOfBestTrial(RegisterModel command, List<TrialRecord> trials) =>
        trials.FirstOrDefault(trial => trial.Trial == command.BestTrial)?.Seed
            ?? throw new RegistrationException(
                $"Study '{command.ExecutionId}' has no record of trial {command.BestTrial}, which is to be registered; "
                + "check that the Registry and the Tuner use the same records.");

    // What the metadata repeats of profile.json: everything but the entry for every column.
    private static JsonObject WithoutColumns(ReadOnlySpan<byte> profile)
    {
        try
        {
            var summary = JsonNode.Parse(profile)!.AsObject();
            var columns = summary["columns"]!.AsArray();
            summary["columns"] = columns.Count;
            summary["columnsKept"] = columns.Count(column => column!["kept"]!.GetValue<bool>());
            return summary;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new TableException(
                "profile.json cannot be read; it was changed by hand or is of another version: train again under another execution id.",
                    exception);
        }
    }

    // What a message refers to, its hash checked.
    private async Task<byte[]> ReadAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(reference.Uri, cancellationToken);
        return content.Sha256 == reference.Sha256
            ? content.Bytes
            : throw new RegistrationException(
                $"'{reference.Uri}' has the SHA-256 {content.Sha256}, not {reference.Sha256}: "
                + "it was changed or damaged; restore it, or train again under another execution id.");
    }

    private async Task<(byte[] Bytes, string Sha256)> ReadAsync(string uri, CancellationToken cancellationToken)
    {
        await using var stream = await objects.FindAsync(uri, cancellationToken)
            ?? throw new RegistrationException(
                $"'{uri}' is not there, but the study's best model cannot be registered without it; "
                + "restore it, or train again under another execution id.");
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
