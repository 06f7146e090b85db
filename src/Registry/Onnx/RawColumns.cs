using System.Globalization;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Registry.Onnx;

/// <summary>Rows of a table as a user of <c>model.onnx</c> feeds them: <c>numeric</c> [N, n] and <c>text</c> [N, k], row-major, nothing prepared.</summary>
internal sealed record RawColumns(double[] Numeric, string[] Text)
{
    public static RawColumns Of(Table table, IReadOnlyList<int> rows, IReadOnlyList<OnnxInput> inputs)
    {
        var numeric = inputs.Where(input => input.Kind != OnnxInputKind.TextCategory).Select(input => table.Find(input.Name)!).ToList();
        var text = inputs.Where(input => input.Kind == OnnxInputKind.TextCategory).Select(input => table.Find(input.Name)!).ToList();
        return new(
            [.. rows.SelectMany(row => numeric.Select(column => Number(column, row)))],
            [.. rows.SelectMany(row => text.Select(column => Name(column, row)))]);
    }

    private static double Number(Column column, int row) => column switch
    {
        NumberColumn numbers => numbers.Values[row],
        BooleanColumn booleans => booleans.Values[row] switch { true => 1, false => 0, null => double.NaN },
        _ => double.NaN,
    };

    private static string Name(Column column, int row) => column switch
    {
        TextColumn texts => texts.Values[row] ?? "",
        NumberColumn numbers when double.IsFinite(numbers.Values[row]) => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
        _ => "",
    };
}
