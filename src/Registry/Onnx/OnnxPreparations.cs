using System.Globalization;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Registry.Onnx;

/// <summary>Tells the preparation of a table as the ONNX export needs it. Model and Data do not know each other; they meet here.</summary>
internal static class OnnxPreparations
{
    public static OnnxPreparation Of(FittedPreprocessor fitted, Table table) => new()
    {
        Inputs = [.. fitted.Inputs.Select(input => Input(input, table.Find(input.Name)))],
        Features = [.. fitted.Columns.Select(column => new OnnxScaling(column.Mean, column.Scale))],
        Target = new(fitted.TargetMean, fitted.TargetScale),
    };

    private static OnnxInput Input(InputColumn input, Column? column) => new()
    {
        Name = input.Name,
        Kind = Kind(input, column),
        Median = input.Median ?? 0,
        HasMissingFlag = input.HasMissingFlag,
        Categories = input.Categories,
    };

    private static OnnxInputKind Kind(InputColumn input, Column? column) => input.Kind switch
    {
        InputKind.Category when column is NumberColumn && input.Categories.All(IsInteger) => OnnxInputKind.IntegerCategory,
        InputKind.Category => OnnxInputKind.TextCategory,
        _ => OnnxInputKind.Number,
    };

    private static bool IsInteger(string category) => long.TryParse(category, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
}
