using System.Globalization;
using static TorchSharp.torch;

namespace MacroCausal.TorchSample;

/// <summary>
/// The sample table: a row a quarter, annualised growth rates in percent where the table has levels, scaled by the first rows; the target
/// is the next quarter's growth of real GDP, scaled too.
/// </summary>
internal sealed class QuarterlyTable : IDisposable
{
    // After year and quarter: realgdp, realcons, realinv, realgovt, realdpi, cpi, m1, tbilrate, unemp, pop, infl, realint.
    private static readonly bool[] IsLevel = [true, true, true, true, true, true, true, false, false, true, false, false];

    private QuarterlyTable(float[][] x, float[] y, int trainRows)
    {
        using var scope = NewDisposeScope();
        (Rows, Columns, TrainRows) = (y.Length, x[0].Length, trainRows);
        X = Scaled(tensor(x.SelectMany(row => row).ToArray()).view(Rows, Columns), trainRows).MoveToOuterDisposeScope();
        Y = Scaled(tensor(y), trainRows).MoveToOuterDisposeScope();
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The first rows, by which the table is scaled.</summary>
    public int TrainRows { get; }

    /// <summary>[Rows, Columns]</summary>
    public Tensor X { get; }

    /// <summary>[Rows]</summary>
    public Tensor Y { get; }

    public static QuarterlyTable Read(string path, double trainShare)
    {
        var table = File.ReadLines(path).Skip(1)
            .Select(line => line.Split(',').Skip(2).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var rates = table.Zip(table.Skip(1), (before, row) => row.Select(
            (value, column) => (float)(IsLevel[column] ? 400 * Math.Log(value / before[column]) : value)).ToArray()).ToArray();
        var next = rates.Skip(1).Select(row => row[0]).ToArray();
        return new QuarterlyTable(rates[..^1], next, (int)(next.Length * trainShare));
    }

    /// <summary>Writes a line a row: its scaled features and what a network predicts for it, scaled too.</summary>
    public void WritePredictions(string path, nn.Module<Tensor, Tensor> model)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        model.eval();
        var (x, predicted) = (X.data<float>().ToArray(), model.call(X).data<float>().ToArray());
        static string Text(float cell) => cell.ToString("R", CultureInfo.InvariantCulture);
        File.WriteAllLines(path, predicted.Select(
            (value, row) => string.Join(',', x.Skip(row * Columns).Take(Columns).Append(value).Select(Text))));
    }

    public void Dispose()
    {
        X.Dispose();
        Y.Dispose();
    }

    private static Tensor Scaled(Tensor values, int trainRows)
    {
        var train = values.narrow(0, 0, trainRows);
        return values.sub(train.mean([0])).div(train.std(0));
    }
}
