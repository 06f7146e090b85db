using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Model.Tests.Training;
using MacroCausal.Model.Training;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MacroCausal.Model.Tests.Export;

public sealed class OnnxExportTests
{
    private const int Rows = 300;
    private static readonly OnnxScaling Target = new(25_000.5, 312.25);

    private static readonly OnnxInput[] Inputs =
    [
        new() { Name = "regime", Kind = OnnxInputKind.TextCategory, Categories = ["", "high_inflation", "ruhig"] },
        new() { Name = "cpi", Kind = OnnxInputKind.Number, Median = 2.5, HasMissingFlag = true },
        new() { Name = "quarter", Kind = OnnxInputKind.IntegerCategory, Categories = ["1", "2", "3", "-4"] },
        new() { Name = "recession", Kind = OnnxInputKind.Number, Median = 0 },
        new() { Name = "country", Kind = OnnxInputKind.TextCategory, Categories = ["DE", "US"] },
        new() { Name = "city", Kind = OnnxInputKind.TextCategory, Categories = ["Bern", "Paris"], HasOther = true },
        new() { Name = "code", Kind = OnnxInputKind.IntegerCategory, Categories = ["5", "8"], HasOther = true },
        new() { Name = "gdp", Kind = OnnxInputKind.Number, Median = -1e6, HasMissingFlag = true },
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_runtime_predicts_from_raw_columns_what_the_predictor_does_from_prepared_ones(bool withTexts)
    {
        var inputs = Inputs.Where(input => withTexts || input.Kind != OnnxInputKind.TextCategory).ToArray();
        var table = RawTable.Random(inputs, Rows);
        var scalings = Enumerable.Range(0, table.Raw[0].Length).Select(
            feature => new OnnxScaling(0.5 * feature - 1, 1 + 0.25 * feature)).ToArray();
        var features = table.Raw.SelectMany(
            row => row.Select((value, feature) => (float)((value - scalings[feature].Mean) / scalings[feature].Scale))).ToArray();
        var model = Trained(features, scalings.Length);
        using var predictor = new Predictor(model);
        var preparation = new OnnxPreparation { Inputs = inputs, Features = scalings, Target = Target };

        var answers = Run(model, preparation, table);

        var expected = predictor.Predict(features);
        for (var row = 0; row < Rows; row++)
        {
            answers[row].ShouldBe(
                expected[row] * Target.Scale + Target.Mean, 312.25 * 2e-5 * Math.Max(1, Math.Abs(expected[row])), $"row {row}");
        }

        expected.Distinct().Count().ShouldBeGreaterThan(Rows / 2);
    }

    [Fact]
    public void A_model_read_again_is_the_same_to_the_bit()
    {
        var model = Trained([.. Enumerable.Range(0, 40).Select(value => (float)value)], 4);
        using var first = new MemoryStream();
        model.Write(first);
        using var second = new MemoryStream();
        TrainedModel.Read(new MemoryStream(first.ToArray())).Write(second);

        second.ToArray().ShouldBe(first.ToArray());
        Should.Throw<ModelFileException>(() => TrainedModel.Read(new MemoryStream(first.ToArray(), 0, (int)first.Length - 1)));
    }

    [Fact]
    public void A_preparation_of_another_width_is_refused() =>
        Should.Throw<ArgumentException>(() => OnnxExport.Write(
            Trained([.. Enumerable.Range(0, 40).Select(value => (float)value)], 4),
            new OnnxPreparation { Inputs = [Inputs[1]], Features = [new(0, 1), new(0, 1)], Target = Target },
            Stream.Null));

    private static TrainedModel Trained(float[] features, int width)
    {
        var rows = features.Length / width;
        var split = new TrainingRows(
            features, [.. Enumerable.Range(0, rows).Select(row => MathF.Sin(row) + features[row * width] * 0.01f)], width);
        using var trial = new SingleTrial(split, split, SyntheticRows.Options());
        trial.RunEpoch();
        trial.RunEpoch();
        return TrainedModel.BestOf(trial.Capture());
    }

    private static double[] Run(TrainedModel model, OnnxPreparation preparation, RawTable table)
    {
        using var stream = new MemoryStream();
        OnnxExport.Write(model, preparation, stream);
        using var runtime = new InferenceSession(stream.ToArray());
        var feeds = new List<NamedOnnxValue> { NamedOnnxValue.CreateFromTensor(
            "numeric", new DenseTensor<double>(table.Numeric, [Rows, table.Numeric.Length / Rows])) };
        if (table.Text.Length > 0)
        {
            feeds.Add(NamedOnnxValue.CreateFromTensor("text", new DenseTensor<string>(table.Text, [Rows, table.Text.Length / Rows])));
        }

        using var answers = runtime.Run(feeds);
        return [.. answers.Single(answer => answer.Name == "prediction").AsTensor<double>()];
    }
}
