using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data;

/// <summary>From a table to what a study trains on: clean, sort, split, fit on the training rows, scale, and measure what is to be beaten. Pure.</summary>
public static class DatasetBuilder
{
    /// <summary>Prepares a table.</summary>
    /// <exception cref="DataRejectedException">It cannot be trained on; with every reason.</exception>
    public static Dataset Prepare(Table table, PrepareOptions options, CancellationToken cancellationToken = default)
    {
        var reasons = new List<string>();
        OptionCheck.Columns(table, options, reasons);
        var selection = RowSelection.Of(table, options, reasons);
        var (split, fitted) = OptionCheck.Shares(options, reasons) && table.Rows > 0
            ? SplitAndFit(table, selection, options, reasons, cancellationToken)
            : default;
        if (reasons.Count > 0)
            throw new DataRejectedException(reasons);
        return Apply(table, selection, split!, fitted!, cancellationToken);
    }

    private static (ChronologicalSplit Split, FittedPreprocessor? Fitted) SplitAndFit(
        Table table, RowSelection selection, PrepareOptions options, List<string> reasons, CancellationToken cancellationToken)
    {
        var rows = selection.Rows;
        var split = ChronologicalSplit.Of(rows.Length, options.TrainFraction, options.TestFraction, options.EmbargoRows);
        OptionCheck.Splits(split, rows.Length, options, reasons);
        return (split, split.Train.Count == 0 ? null : Preprocessor.Fit(table, rows[..split.Train.Count], options, reasons, cancellationToken));
    }

    private static Dataset Apply(Table table, RowSelection selection, ChronologicalSplit split, FittedPreprocessor fitted, CancellationToken cancellationToken)
    {
        FeatureMatrix Part(RowRange range) => fitted.Apply(table, selection.Rows[range.Start..range.End]);
        var train = Part(split.Train);
        var validation = Part(split.Validation);
        cancellationToken.ThrowIfCancellationRequested();
        return new Dataset
        {
            Train = train,
            Validation = validation,
            Test = split.Test.Count == 0 ? null : Part(split.Test),
            Preparation = fitted,
            Profile = Profiling.Profile(table, selection, split, fitted),
            Baselines = Baseline.Evaluate(train, validation, fitted.TargetScale, cancellationToken),
        };
    }
}
