using System.Globalization;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Temporal;
using MacroCausal.Model.Export;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static System.FormattableString;

namespace MacroCausal.Registry;

/// <summary>What was found when <c>model.onnx</c> was run on raw rows of the gold table beside the model that was trained.</summary>
/// <param name="Rows">Rows that were compared.</param>
/// <param name="MaxDifference">Largest difference of two predictions, in the target's unit.</param>
/// <param name="AllowedDifference">What would have been too much for a prediction within a standard deviation of the target's mean.</param>
internal sealed record OnnxCheck(int Rows, double MaxDifference, double AllowedDifference)
{
    private const int MaxRows = 4096;
    private const int MaxSeries = 8;

    // Of the target's standard deviation; both sides compute in float32, in another order.
    private const double Tolerance = 1e-3;

    /// <summary>
    /// Compares both on rows that are spread evenly over the table; where a row's prediction reads earlier rows, on the first rows in time
    /// of some series.
    /// </summary>
    /// <exception cref="RegistrationException">They differ, or the runtime refuses the model.</exception>
    public static OnnxCheck Run(byte[] onnx, OnnxPreparation preparation, Predictor predictor, FittedPreprocessor fitted, Table gold)
    {
        int[][] parts = preparation.HistoryRows == 0 ? [Spread(gold.Rows, MaxRows)] : Series(fitted.SeriesOf(gold));
        int[] rows = [.. parts.SelectMany(part => part)];
        var expected = predictor.Predict(fitted.Apply(gold, rows).Features);
        var whole = fitted.WithTemporal(gold);
        double[] answers = [.. parts.SelectMany(part => Predict(onnx, RawColumns.Of(whole, part, preparation), part.Length))];
        var maxDifference = 0.0;
        for (var row = 0; row < rows.Length; row++)
        {
            var difference = Difference(expected[row], (answers[row] - fitted.TargetMean) / fitted.TargetScale);
            maxDifference = Math.Max(maxDifference, difference);
            ThrowIfDifferent(rows[row], expected[row], answers[row], difference, fitted);
        }

        return new(rows.Length, maxDifference * fitted.TargetScale, Tolerance * fitted.TargetScale);
    }

    private static int[] Spread(int rows, int max)
    {
        var count = Math.Min(rows, max);
        return [.. Enumerable.Range(0, count).Select(row => (int)((long)row * rows / count))];
    }

    // Whole from the first row on: what lies before it is missing on both sides.
    private static int[][] Series(IReadOnlyList<int[]> series)
    {
        int[][] some = [.. Spread(series.Count, MaxSeries).Select(index => series[index])];
        return Array.ConvertAll(some, rows => rows[..Math.Min(rows.Length, MaxRows / some.Length)]);
    }

    /// <summary>What ONNX Runtime answers.</summary>
    public static double[] Predict(byte[] onnx, RawColumns raw, int rows)
    {
        var feeds = new List<NamedOnnxValue>();
        if (raw.Numeric.Length > 0)
        {
            feeds.Add(NamedOnnxValue.CreateFromTensor("numeric", new DenseTensor<double>(raw.Numeric, [rows, raw.Numeric.Length / rows])));
        }

        if (raw.Text.Length > 0)
        {
            feeds.Add(NamedOnnxValue.CreateFromTensor("text", new DenseTensor<string>(raw.Text, [rows, raw.Text.Length / rows])));
        }

        try
        {
            // One thread: its sums do not depend on the machine's number of cores.
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            using var session = new InferenceSession(onnx, options);
            using var answers = session.Run(feeds);
            return [.. answers.Single().AsTensor<double>()];
        }
        catch (OnnxRuntimeException exception)
        {
            throw new RegistrationException(
                $"ONNX Runtime refuses the model.onnx that was made of the best model ({exception.Message.TrimEnd('.')}); "
                + "report this with the gold table's columns.",
                exception);
        }
    }

    // A row that neither can predict, because a value overflows float32, is no difference.
    private static double Difference(double expected, double answer) =>
        !double.IsFinite(expected) && !double.IsFinite(answer) ? 0 : Math.Abs(expected - answer);

    private static void ThrowIfDifferent(int row, float expected, double answer, double difference, FittedPreprocessor fitted)
    {
        if (!(difference <= Tolerance * Math.Max(1, Math.Abs(expected))))
        {
            var trained = (expected * fitted.TargetScale) + fitted.TargetMean;
            throw new RegistrationException(
                Invariant($"model.onnx predicts {answer} for row {row + 1} of the gold table where the trained model predicts {trained}; ")
                + "report this with the gold table's columns, or check whether the table changed since the study began.");
        }
    }
}

/// <summary>
/// Rows of a table as a user of <c>model.onnx</c> feeds them: <c>numeric</c> [N, n] and <c>text</c> [N, k], row-major, not preprocessed.
/// </summary>
internal sealed record RawColumns(double[] Numeric, string[] Text)
{
    public static RawColumns Of(Table table, IReadOnlyList<int> rows, OnnxPreparation preparation)
    {
        List<Column> Columns(IEnumerable<string> names) => [.. names.Select(name => table.Find(name)!)];
        return new(
            RowMajor(Columns(preparation.NumericColumns), rows, Number), RowMajor(Columns(preparation.TextColumns), rows, Name));
    }

    // A column after the other, so that each is read once.
    private static T[] RowMajor<T>(List<Column> columns, IReadOnlyList<int> rows, Func<Column, int, T> cell)
    {
        var cells = new T[columns.Count * rows.Count];
        for (var j = 0; j < columns.Count; j++)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                cells[(i * columns.Count) + j] = cell(columns[j], rows[i]);
            }
        }

        return cells;
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

/// <summary>Maps a fitted preprocessor to what the ONNX export needs. Model and Data do not know each other; they meet here.</summary>
internal static class OnnxPreparations
{
    public static OnnxPreparation Of(FittedPreprocessor fitted, Table table) => new()
    {
        Inputs = [.. fitted.Inputs.Select(input => Input(input, table.Find(input.Name), History(fitted.TemporalOf(input))))],
        Features =
        [
            .. fitted.Columns.Select(column => new OnnxScaling(column.Mean, column.Scale, column.Limit ?? double.PositiveInfinity)),
        ],
        Target = new(fitted.TargetMean, fitted.TargetScale),
    };

    // A calendar term is given as a number; a graph has no dates.
    private static OnnxHistory? History(TemporalColumn? column) =>
        column is { Source: { } source } ? new(source, column.Rows, column.Kind == TemporalKind.Average) : null;

    private static OnnxInput Input(InputColumn input, Column? column, OnnxHistory? history) => new()
    {
        Name = input.Name,
        Kind = Kind(input, column),
        Median = input.Median ?? 0,
        HasMissingFlag = input.HasMissingIndicator,
        Categories = input.Categories,
        HasOther = input.HasOther,
        History = history,
    };

    private static OnnxInputKind Kind(InputColumn input, Column? column) => input.Kind switch
    {
        InputKind.Category when column is NumberColumn && input.Categories.All(IsInteger) => OnnxInputKind.IntegerCategory,
        InputKind.Category => OnnxInputKind.TextCategory,
        _ => OnnxInputKind.Number,
    };

    private static bool IsInteger(string category) =>
        long.TryParse(category, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
}
