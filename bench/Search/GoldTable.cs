using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Search;

/// <summary>A gold table as the pipeline prepares it: the first 80 % of the rows train, the last 20 % validate.</summary>
internal sealed record GoldTable(string Name, TrainingRows Train, TrainingRows Validation, double TargetScale, double MeanBaseline, double RidgeBaseline)
{
    public static async Task<GoldTable> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenRead();
        var table = file.Extension == ".csv"
            ? await CsvTable.ReadAsync(stream, file.Name, cancellationToken)
            : await ParquetTable.ReadAsync(stream, file.Name, cancellationToken);
        var prepared = DataPreparation.Prepare(table, new PrepareOptions(), cancellationToken);
        return new GoldTable(file.Name, Rows(prepared.Train), Rows(prepared.Validation), prepared.Preparation.TargetScale, prepared.MeanBaseline, prepared.RidgeBaseline);
    }

    private static TrainingRows Rows(PreparedTable split) => new(split.Features, split.Target!, split.Names.Count);
}
