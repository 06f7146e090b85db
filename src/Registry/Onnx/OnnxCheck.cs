using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MacroCausal.Registry.Onnx;

/// <summary>What was found when <c>model.onnx</c> was run on raw rows of the gold table beside the model that was trained.</summary>
/// <param name="Rows">Rows that were compared.</param>
/// <param name="LargestDifference">Largest difference of two predictions, in the target's unit.</param>
/// <param name="AllowedDifference">What would have been too much for a prediction within a standard deviation of the target's mean.</param>
internal sealed record OnnxCheck(int Rows, double LargestDifference, double AllowedDifference)
{
    private const int MostRows = 4096;

    // Of the target's standard deviation; both sides compute in float32, in another order.
    private const double Tolerance = 1e-3;

    /// <summary>Compares both on rows that are spread evenly over the table.</summary>
    /// <exception cref="RegistrationException">They differ, or the runtime refuses the model.</exception>
    public static OnnxCheck Run(byte[] onnx, OnnxPreparation preparation, Predictor predictor, FittedPreprocessor fitted, Table gold)
    {
        int[] rows = [.. Enumerable.Range(0, Math.Min(gold.Rows, MostRows)).Select(row => (int)((long)row * gold.Rows / Math.Min(gold.Rows, MostRows)))];
        var expected = predictor.Predict(fitted.Apply(gold, rows).Features);
        var answers = Predict(onnx, RawColumns.Of(gold, rows, preparation.Inputs), rows.Length);
        var largest = 0.0;
        for (var row = 0; row < rows.Length; row++)
        {
            var difference = Difference(expected[row], (answers[row] - fitted.TargetMean) / fitted.TargetScale);
            largest = Math.Max(largest, difference);
            RefuseDifferent(rows[row], expected[row], answers[row], difference, fitted);
        }

        return new(rows.Length, largest * fitted.TargetScale, Tolerance * fitted.TargetScale);
    }

    /// <summary>What ONNX Runtime answers.</summary>
    public static double[] Predict(byte[] onnx, RawColumns raw, int rows)
    {
        var feeds = new List<NamedOnnxValue>();
        if (raw.Numeric.Length > 0)
            feeds.Add(NamedOnnxValue.CreateFromTensor("numeric", new DenseTensor<double>(raw.Numeric, [rows, raw.Numeric.Length / rows])));
        if (raw.Text.Length > 0)
            feeds.Add(NamedOnnxValue.CreateFromTensor("text", new DenseTensor<string>(raw.Text, [rows, raw.Text.Length / rows])));
        try
        {
            // One thread: its sums do not depend on the machine's number of cores.
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            using var session = new InferenceSession(onnx, options);
            using var answers = session.Run(feeds);
            return [.. answers.Single().AsTensor<double>()];
        }
        catch (OnnxRuntimeException failure)
        {
            throw new RegistrationException($"ONNX Runtime refuses the model.onnx that was made of the best model ({failure.Message.TrimEnd('.')}); report this with the gold table's columns.", failure);
        }
    }

    // A row that neither can predict, because a value overflows float32, is no difference.
    private static double Difference(double expected, double answer) => !double.IsFinite(expected) && !double.IsFinite(answer) ? 0 : Math.Abs(expected - answer);

    private static void RefuseDifferent(int row, float expected, double answer, double difference, FittedPreprocessor fitted)
    {
        if (!(difference <= Tolerance * Math.Max(1, Math.Abs(expected))))
        {
            throw new RegistrationException(FormattableString.Invariant(
                $"model.onnx predicts {answer} for row {row + 1} of the gold table where the trained model predicts {(expected * fitted.TargetScale) + fitted.TargetMean}; report this with the gold table's columns, or check whether the table changed since the study began."));
        }
    }
}
