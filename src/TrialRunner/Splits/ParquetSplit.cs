using MacroCausal.Data.Splits;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Splits;

/// <summary>The <see cref="SplitReader"/> of this house: Parquet, as DataPrep writes it.</summary>
internal static class ParquetSplit
{
    public static async Task<TrainingRows> ReadAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        var split = await SplitTable.ReadAsync(content, name, cancellationToken);
        return new TrainingRows(split.Features, split.Target ?? throw new InvalidDataException($"{name} has no target; prepare the data again."), split.Names.Count);
    }
}
