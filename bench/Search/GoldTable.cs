using MacroCausal.Bench.Training;
using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Search;

/// <summary>A gold table as the pipeline prepares it: the first 80 % of the rows train, the last 20 % validate.</summary>
internal sealed record GoldTable(TrainingTable Splits, double TargetScale, IReadOnlyDictionary<string, double> Baselines)
{
    public string Name => Splits.Name;

    public TrainingRows Train { get; } = Splits.Train;

    public TrainingRows Validation { get; } = Splits.Validation;

    public static async Task<GoldTable> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenRead();
        var table = file.Extension == ".csv"
            ? await CsvTable.ReadAsync(stream, file.Name, cancellationToken)
            : await ParquetTable.ReadAsync(stream, file.Name, cancellationToken);
        var prepared = DatasetBuilder.Build(table, new PrepareOptions(), cancellationToken);
        var (train, validation) = (prepared.Train, prepared.Validation);
        var splits = new TrainingTable(file.Name, train.Features, train.Target!, validation.Features, validation.Target!);
        return new GoldTable(splits, prepared.Preprocessor.TargetScale, prepared.Baselines);
    }
}
