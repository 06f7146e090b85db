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

/// <summary>Everything that a registration is made of, checked; gold table and splits are read as they are asked for.</summary>
internal sealed record RegistrationInputs : IAsyncDisposable
{
    /// <summary>The weights of the best trial's best epoch.</summary>
    public required TrainedModel Model { get; init; }

    /// <summary>Engines that trained it; none where its checkpoint does not say.</summary>
    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>Seed of the best trial.</summary>
    public required long TrialSeed { get; init; }

    /// <summary>The content of <c>scaler.json</c>, as it was written.</summary>
    public required byte[] Scaler { get; init; }

    /// <summary><c>baselines.json</c>; null from a DataPrep of an older version.</summary>
    public byte[]? FittedBaselines { get; init; }

    /// <summary>The preprocessor that <c>scaler.json</c> holds.</summary>
    public required FittedPreprocessor Preprocessor { get; init; }

    /// <summary>The profile as it was written, without its line for every column.</summary>
    public required JsonObject Profile { get; init; }

    /// <summary>The gold table.</summary>
    public required Table Gold { get; init; }

    /// <summary>Where the gold table is, and what it held when it was read.</summary>
    public required ObjectReference GoldReference { get; init; }

    /// <summary>The rows that chose the model, in blocks; they are read once.</summary>
    public required IEnumerable<FeatureMatrix> Validation { get; init; }

    /// <summary>The rows held out from training and validation, in blocks; null where there are none.</summary>
    public IEnumerable<FeatureMatrix>? Test { get; init; }

    /// <summary>The rows that chose the model, whole; null where they are too many to be compared trial by trial.</summary>
    public FeatureMatrix? WholeValidation { get; init; }

    /// <summary>The rows held out, whole; null where there are none or too many.</summary>
    public FeatureMatrix? WholeTest { get; init; }

    /// <summary>What the baselines forecast for the test rows; null where that was not kept, or where there are none.</summary>
    public BaselineForecasts? TestBaselines { get; init; }

    /// <summary>The trials on rows that did not select them.</summary>
    public required TrialComparison Comparison { get; init; }

    /// <summary>What is delivered: the networks and baselines of the comparison, else the best trial's network alone.</summary>
    public ModelEnsemble Delivered => Comparison.Delivered ?? ModelEnsemble.Of(Model);

    /// <summary>What the baselines forecast for the validation rows; null where that was not kept.</summary>
    public BaselineForecasts? ValidationBaselines { get; init; }

    /// <summary>The walk-forward.</summary>
    public required WalkForwardInputs WalkForward { get; init; }

    /// <summary>Every trial, by number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>Every epoch, by trial, then epoch.</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }

    /// <summary>The objects that are read.</summary>
    public required OpenObjects Open { get; init; }

    public ValueTask DisposeAsync()
    {
        Gold.Dispose();
        return Open.DisposeAsync();
    }
}

/// <summary>Streams of objects that are open, closed together.</summary>
internal sealed class OpenObjects : IAsyncDisposable
{
    private readonly List<Stream> _streams = [];

    public Stream Add(Stream stream)
    {
        _streams.Add(stream);
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams)
        {
            await stream.DisposeAsync();
        }
    }
}

/// <summary>
/// Reads what a registration needs from the object store, beside the study's records. An object that is gone or was changed will not come
/// back by a retry, so that is told apart from a store that fails.
/// </summary>
internal sealed class RegistrationInputReader(IObjectStore objects)
{
    // 80 MB of features, forecast once for every trial.
    private const int MaxComparedCells = 20_000_000;

    public async Task<RegistrationInputs> ReadAsync(RegisterModel command, TrialsOnRecord records, CancellationToken cancellationToken)
    {
        var open = new OpenObjects();
        try
        {
            return await ReadAsync(command, records, open, cancellationToken);
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    private async Task<RegistrationInputs> ReadAsync(
        RegisterModel command, TrialsOnRecord records, OpenObjects open, CancellationToken cancellationToken)
    {
        var checkpoint = await CheckpointAsync(command, cancellationToken);
        var scaler = await ReadAsync(command.Data.Scaler, cancellationToken);
        var preprocessor = FittedPreprocessor.FromJson(scaler);
        ThrowIfWidthsDiffer(command, checkpoint.Features, preprocessor.Columns.Count);
        var goldUri = command.Settings.GoldUri();
        var gold = open.Add(await FindAsync(goldUri, cancellationToken));
        async Task<IEnumerable<FeatureMatrix>> BlocksAsync(ObjectReference split) =>
            SplitTable.ReadBlocks(open.Add(await OpenAsync(split, cancellationToken)), split.Uri);
        var linear = await LinearMembersAsync(command.Data, cancellationToken);
        var residual = command.Data.Residual is { } learned
            ? ResidualModel.FromJson(await ReadAsync(learned.Model, cancellationToken), command.Data.Features)
            : null;
        TrainedModel Network(Checkpoint trained) => NetworkOf(trained, residual);
        var validation = await WholeAsync(command.Data.Validation, command.Data.ValidationRows, command.Data, cancellationToken);
        var baselines = command.Data.BaselineForecasts is { } forecasts ? await ForecastsAsync(forecasts, cancellationToken) : default;
        return new RegistrationInputs
        {
            Model = Network(checkpoint),
            Engines = checkpoint.Engines,
            TrialSeed = SeedOfBestTrial(command, records.Trials),
            Scaler = scaler,
            FittedBaselines = command.Data.FittedBaselines is { } fits ? await ReadAsync(fits, cancellationToken) : null,
            Preprocessor = preprocessor,
            Profile = WithoutColumns(await ReadAsync(command.Data.Profile, cancellationToken)),
            GoldReference = new(goldUri, await HashAsync(gold, cancellationToken)),
            Gold = ParquetTable.Open(gold, goldUri),
            Validation = await BlocksAsync(command.Data.Validation),
            Test = command.Data.Test is { } test ? await BlocksAsync(test) : null,
            WholeValidation = validation,
            WholeTest = command.Data.Test is { } tested
                ? await WholeAsync(tested, command.Data.TestRows, command.Data, cancellationToken)
                : null,
            ValidationBaselines = baselines.Validation,
            TestBaselines = baselines.Test,
            Comparison = validation is null
                ? TrialComparison.None($"the validation rows have more than {MaxComparedCells:N0} features and are not compared")
                : await TrialComparison.OfAsync(
                    records.Trials, validation, baselines.Validation, linear, command.Data, command.Settings,
                    async (reference, token) => Network(Checkpoint.Read(new MemoryStream(await ReadAsync(reference, token)))),
                    cancellationToken),
            WalkForward = await WalkForwardInputs.OfAsync(command, ReadAsync, cancellationToken),
            Trials = records.Trials,
            Epochs = records.Epochs,
            Open = open,
        };
    }

    private async Task<Checkpoint> CheckpointAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(command.Checkpoint, cancellationToken);
        var checkpoint = Checkpoint.Read(content);
        return checkpoint.History.BestEpoch == command.BestEpoch
            ? checkpoint
            : throw new RegistrationException(
                $"'{command.Checkpoint.Uri}' holds the weights of epoch {checkpoint.History.BestEpoch}, "
                + $"but the best epoch of trial {command.BestTrial} is {command.BestEpoch}; train again under another execution id.");
    }

    // A split that fits into memory many times, or null.
    private async Task<FeatureMatrix?> WholeAsync(
        ObjectReference split, int rows, DataManifest data, CancellationToken cancellationToken)
    {
        if ((long)rows * data.Features > MaxComparedCells) return null;
        await using var content = await OpenAsync(split, cancellationToken);
        return await SplitTable.ReadAsync(content, split.Uri, cancellationToken);
    }

    private async Task<(BaselineForecasts Validation, BaselineForecasts? Test)> ForecastsAsync(
        ObjectReference forecasts, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(forecasts, cancellationToken);
        return BaselineForecasts.FromTable(await ParquetTable.ReadAsync(content, forecasts.Uri, cancellationToken));
    }

    private async Task<IReadOnlyList<LinearMember>> LinearMembersAsync(DataManifest data, CancellationToken cancellationToken) =>
        data.LinearMembers is { } linear ? LinearMember.FromJson(await ReadAsync(linear, cancellationToken), data.Features) : [];

    // A trial's network as one that forecasts the target, whatever it learned.
    private static TrainedModel NetworkOf(Checkpoint checkpoint, ResidualModel? residual)
    {
        var network = TrainedModel.BestOf(checkpoint);
        if (residual is null) return network;
        return network.WithBaseline(
            residual.Baseline.Weights, residual.Baseline.Intercept, residual.Scale, residual.Lowest, residual.Highest);
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

    private static long SeedOfBestTrial(RegisterModel command, IReadOnlyList<TrialRecord> trials) =>
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

    // A small object, whole.
    private async Task<byte[]> ReadAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(reference, cancellationToken);
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    // What a message refers to, its hash checked.
    private async Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var content = await FindAsync(reference.Uri, cancellationToken);
        var sha256 = await HashAsync(content, cancellationToken);
        if (sha256 == reference.Sha256) return content;
        await content.DisposeAsync();
        throw new RegistrationException(
            $"'{reference.Uri}' has the SHA-256 {sha256}, not {reference.Sha256}: "
            + "it was changed or damaged; restore it, or train again under another execution id.");
    }

    private async Task<Stream> FindAsync(string uri, CancellationToken cancellationToken) =>
        await objects.FindAsync(uri, cancellationToken)
        ?? throw new RegistrationException(
            $"'{uri}' is not there, but the study's best model cannot be registered without it; "
            + "restore it, or train again under another execution id.");

    /// <summary>SHA-256 of a stream, which is put back to its beginning.</summary>
    public static async Task<string> HashAsync(Stream content, CancellationToken cancellationToken)
    {
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        content.Position = 0;
        return sha256;
    }
}
