using MacroCausal.Bench.Training;
using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Search;

/// <summary>A gold table as the pipeline prepares it: the first 80 % of the rows train, the last 20 % validate.</summary>
internal sealed record GoldTable(TrainingTable Splits, double TargetScale, double MeanBaseline, double RidgeBaseline)
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
        var prepared = DatasetBuilder.Prepare(table, new PrepareOptions(), cancellationToken);
        var splits = new TrainingTable(
                file.Name, prepared.Train.Features, prepared.Train.Target!, prepared.Validation.Features, prepared.Validation.Target!);
        return new GoldTable(splits, prepared.Preparation.TargetScale, prepared.MeanBaseline, prepared.RidgeBaseline);
    }
}
