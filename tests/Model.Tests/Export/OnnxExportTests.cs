using System.Text;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Model.Networks;
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
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public void A_runtime_predicts_from_raw_columns_what_the_predictor_does_from_prepared_ones(bool withTexts, int networks)
    {
        var inputs = Inputs.Where(input => withTexts || input.Kind != OnnxInputKind.TextCategory).ToArray();
        var table = RawTable.Random(inputs, Rows);
        var scalings = Enumerable.Range(0, table.Raw[0].Length).Select(
            feature => new OnnxScaling(0.5 * feature - 1, 1 + 0.25 * feature)).ToArray();
        var features = table.Raw.SelectMany(
            row => row.Select((value, feature) => (float)((value - scalings[feature].Mean) / scalings[feature].Scale))).ToArray();
        var model = new ModelEnsemble(
            [.. Enumerable.Range(1, networks).Select(seed => new EnsembleMember(Trained(features, scalings.Length, seed), seed))]);
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

    [Theory]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Selu, true)]
    [InlineData(Activation.Relu, true)]
    public void A_runtime_predicts_what_the_predictor_does_whatever_the_style(Activation activation, bool skip = false) =>
        ShouldPredictAlike(SyntheticRows.Options() with { Activation = activation, Skip = skip });

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
    public void An_ensemble_read_again_is_the_same_to_the_bit_and_predicts_the_weighted_mean()
    {
        float[] features = [.. Enumerable.Range(0, 40).Select(value => (float)value)];
        var (one, two) = (Trained(features, 4, seed: 1), Trained(features, 4, seed: 2));
        using var first = new MemoryStream();
        new ModelEnsemble([new(one, 3), new(two, 1)]).Write(first);
        var read = ModelEnsemble.Read(new MemoryStream(first.ToArray()));
        using var second = new MemoryStream();
        read.Write(second);

        second.ToArray().ShouldBe(first.ToArray());
        using var mean = new Predictor(read);
        using var predictorOfOne = new Predictor(one);
        using var predictorOfTwo = new Predictor(two);
        var (ones, twos) = (predictorOfOne.Predict(features), predictorOfTwo.Predict(features));
        mean.Predict(features).Zip(ones.Zip(twos)).ShouldAllBe(row =>
            Math.Abs(row.First - ((0.75 * row.Second.First) + (0.25 * row.Second.Second))) < 1e-6);
        ones.ShouldNotBe(twos);
        Should.Throw<ModelFileException>(() => TrainedModel.Read(new MemoryStream(first.ToArray())))
            .Message.ShouldContain("macrocausal-ensemble/1");
    }

    [Theory]
    [InlineData("weight\\u0022:3", "weight\\u0022:0", "does not say what its members are")]
    [InlineData("weight\\u0022:3", "weight\\u0022:x", "does not say what its members are")]
    [InlineData("members.1.layers.0.weight", "members.7.layers.0.weight", "members.1.layers.0.weight")]
    public void A_damaged_ensemble_is_refused(string text, string instead, string reason)
    {
        float[] features = [.. Enumerable.Range(0, 40).Select(value => (float)value)];
        using var stream = new MemoryStream();
        new ModelEnsemble([new(Trained(features, 4, seed: 1), 3), new(Trained(features, 4, seed: 2), 1)]).Write(stream);
        var content = Encoding.Latin1.GetString(stream.ToArray());
        content.ShouldContain(text);
        var damaged = Encoding.Latin1.GetBytes(content.Replace(text, instead, StringComparison.Ordinal));
        Should.Throw<ModelFileException>(() => ModelEnsemble.Read(new MemoryStream(damaged))).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_preparation_of_another_width_is_refused() =>
        Should.Throw<ArgumentException>(() => OnnxExport.Write(
            Trained([.. Enumerable.Range(0, 40).Select(value => (float)value)], 4),
            new OnnxPreparation { Inputs = [Inputs[1]], Features = [new(0, 1), new(0, 1)], Target = Target },
            Stream.Null));

    // Alone and beside a baseline, both read again from their files.
    private static void ShouldPredictAlike(TrainingOptions options)
    {
        OnnxInput[] inputs = [Inputs[1], Inputs[3]];
        var table = RawTable.Random(inputs, Rows);
        var features = table.Raw.SelectMany(row => row.Select(value => (float)value)).ToArray();
        var preparation = new OnnxPreparation { Inputs = inputs, Features = [new(0, 1), new(0, 1), new(0, 1)], Target = Target };
        var alone = Trained(features, 3, options: options);
        foreach (var model in new[] { alone, alone.WithBaseline([0.5, 2, -1], 0.1, 0.5, [-1, 0, 0], [1, 0.5f, 1]) })
        {
            using var file = new MemoryStream();
            model.Write(file);
            var read = ModelEnsemble.Read(new MemoryStream(file.ToArray()));
            using var again = new MemoryStream();
            read.Write(again);
            again.ToArray().ShouldBe(file.ToArray());
            using var predictor = new Predictor(read);
            var expected = predictor.Predict(features);

            Run(read, preparation, table).Zip(expected).ShouldAllBe(row =>
                Math.Abs(((row.First - Target.Mean) / Target.Scale) - row.Second) < 2e-5 * Math.Max(1, Math.Abs(row.Second)));
            expected.Distinct().Count().ShouldBeGreaterThan(Rows / 4);
        }
    }

    private static TrainedModel Trained(float[] features, int width, long seed = 1, TrainingOptions? options = null)
    {
        var rows = features.Length / width;
        var split = new TrainingRows(
            features, [.. Enumerable.Range(0, rows).Select(row => MathF.Sin(row) + features[row * width] * 0.01f)], width);
        using var trial = new SingleTrial(split, split, (options ?? SyntheticRows.Options()) with { Seed = seed });
        trial.RunEpoch();
        trial.RunEpoch();
        return TrainedModel.BestOf(trial.Capture());
    }

    private static double[] Run(ModelEnsemble model, OnnxPreparation preparation, RawTable table)
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
