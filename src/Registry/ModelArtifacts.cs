using System.Security.Cryptography;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Registry;

/// <summary>The artifacts of a model. The same inputs give the same bytes.</summary>
internal sealed class ModelArtifacts
{
    private readonly RegisterModel _command;
    private readonly RegistrationInputs _inputs;
    private readonly OnnxPreparation _preparation;
    private readonly byte[] _weights;
    private readonly byte[] _onnx;
    private readonly OnnxCheck _check;
    private readonly ModelForecasts _forecasts;

    private ModelArtifacts(RegisterModel command, RegistrationInputs inputs)
    {
        (_command, _inputs) = (command, inputs);
        _preparation = OnnxPreparations.Of(inputs.Preprocessor, inputs.Gold);
        _weights = Written(inputs.Delivered.Write);
        _onnx = Written(stream => OnnxExport.Write(inputs.Delivered, _preparation, stream));
        using var best = new Predictor(inputs.Model);
        using var ensemble = inputs.Comparison.Delivered is { } mean ? new Predictor(mean) : null;
        var predictor = ensemble ?? best;
        Metrics = ModelMetrics.Of(command, inputs, best, predictor);
        _forecasts = ModelForecasts.Of(command, inputs, best, predictor);
        Verdict = StudyVerdict.Of(
            new StudyLosses
            {
                Loss = inputs.Comparison.DeliveredLoss ?? command.BestValidationLoss,
                Networks = inputs.Comparison.Networks?.Trials.Count ?? 1,
                LinearMembers = inputs.Comparison.Combination?.Baselines.ToDictionary(member => member.Member.Name, member => member.Share),
                Baselines = command.Data.Baselines,
                Rows = command.Data.ValidationRows,
                Dates = DatesOf(inputs.WholeValidation?.Dates),
                Looks = inputs.Epochs.Count,
            },
            inputs.Comparison.Figures, inputs.Comparison.Reason, OnTest(command, inputs, _forecasts),
            inputs.WalkForward.Figures, inputs.WalkForward.Reason);
        _check = OnnxCheck.Run(_onnx, _preparation, predictor, inputs.Preprocessor, inputs.Gold);
        WeightsSha256 = Hash(_weights);
    }

    /// <summary>The metrics by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>Whether the model is shown to be better than the best baseline.</summary>
    public Verdict Verdict { get; }

    /// <summary>SHA-256 of <c>model.safetensors</c>.</summary>
    public string WeightsSha256 { get; }

    /// <summary>Makes the model's files and checks them against the model that was trained.</summary>
    /// <exception cref="RegistrationException">They do not agree with it, or with what was reported of it.</exception>
    public static ModelArtifacts Of(RegisterModel command, RegistrationInputs inputs) => new(command, inputs);

    /// <summary>All artifacts by name; the metadata, which holds the others' hashes, comes last.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, byte[]>>> FilesAsync(CancellationToken cancellationToken)
    {
        static async Task<byte[]> WrittenAsync(Table table, CancellationToken cancellationToken)
        {
            using var stream = new MemoryStream();
            await ParquetTable.WriteAsync(table, stream, cancellationToken);
            return stream.ToArray();
        }

        var trials = TrialTable.Of(
            _inputs.Trials, _inputs.Epochs, _command.BestTrial, _command.BestEpoch, VarianceOf(_inputs.WholeValidation),
            _inputs.Comparison.AbsoluteErrors);
        List<KeyValuePair<string, byte[]>> files =
        [
            new("model.safetensors", _weights), new("model.onnx", _onnx), new("scaler.json", _inputs.Scaler),
                new("trials.parquet", await WrittenAsync(trials, cancellationToken)),
        ];
        if (_inputs.FittedBaselines is { } baselines)
        {
            files.Add(new("baselines.json", baselines));
        }

        if (_forecasts.ToTable() is { } predictions)
        {
            files.Add(new("predictions.parquet", await WrittenAsync(predictions, cancellationToken)));
        }

        files.Add(new("metadata.json", Metadata(files.ToDictionary(file => file.Key, file => Hash(file.Value))).ToJson()));
        return files;
    }

    private ModelMetadata Metadata(IReadOnlyDictionary<string, string> hashes) => new()
    {
        ModelId = _command.ModelId,
        ExecutionId = _command.ExecutionId,
        StartedAt = _command.StartedAt.ToUniversalTime(),
        BestTrial = _command.BestTrial,
        BestEpoch = _command.BestEpoch,
        Config = _command.Config,
        Settings = _command.Settings,
        Metrics = Metrics,
        Baselines = _command.Data.Baselines,
        Verdict = Verdict,
        Ensemble = MetadataEnsemble.Of(_inputs.Comparison),
        Combination = MetadataCombination.Of(_inputs.Comparison),
        Data = Data(_command.Data),
        Seeds = new(_command.Settings.Seed, _inputs.TrialSeed),
        Engines = _inputs.Engines is { Count: > 0 } engines ? engines : null,
        Versions = SoftwareVersions.Current,
        Onnx = Onnx(),
        Inputs = References(_command.Data),
        Artifacts = hashes,
    };

    private MetadataData Data(DataManifest data) => new()
    {
        Target = _inputs.Preprocessor.Target,
        TargetMean = data.TargetMean,
        TargetScale = data.TargetScale,
        Features = data.Features,
        TrainRows = data.TrainRows,
        ValidationRows = data.ValidationRows,
        TestRows = data.TestRows,
        Profile = _inputs.Profile,
    };

    private MetadataOnnx Onnx() => new()
    {
        NumericColumns = _preparation.NumericColumns,
        TextColumns = _preparation.TextColumns,
        HistoryRows = _preparation.HistoryRows,
        CalendarColumns = _inputs.Preprocessor.Temporal?.Where(column => column.Formula is not null)
            .ToDictionary(column => column.Name, column => column.Formula!),
        RowsCompared = _check.Rows,
        MaxDifference = _check.MaxDifference,
        AllowedDifference = _check.AllowedDifference,
    };

    private Dictionary<string, ObjectReference?> References(DataManifest data) => new()
    {
        ["gold"] = _inputs.GoldReference,
        ["train"] = data.Train,
        ["validation"] = data.Validation,
        ["test"] = data.Test,
        ["scaler"] = data.Scaler,
        ["profile"] = data.Profile,
        ["baselines"] = data.BaselineForecasts,
        ["fittedBaselines"] = data.FittedBaselines,
        ["linear"] = data.LinearMembers,
        ["checkpoint"] = _command.Checkpoint,
    };

    private static TestFigures? OnTest(RegisterModel command, RegistrationInputs inputs, ModelForecasts forecasts) =>
        forecasts.Test is not { } test
            ? null
            : StudyVerdict.OnTest(
                test.Delivered, inputs.TestBaselines, Baseline.BestOf(command.Data.Baselines).Key, DatesOf(test.Dates),
                command.Settings.Horizon);

    private double? VarianceOf(FeatureMatrix? rows)
    {
        if (rows?.Target is not { } target) return null;
        var mean = target.Average(value => (double)value);
        return target.Average(value => (value - mean) * (value - mean)) * _command.Data.TargetScale * _command.Data.TargetScale;
    }

    private static DateRange? DatesOf(DateTimeOffset[]? dates) => dates is [var first, ..] ? new DateRange(first, dates[^1]) : null;

    private static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
