using System.Text;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Export;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Export;

public sealed class PredictorTests
{
    private const int Features = 17;
    private const int Rows = 203;

    [Fact]
    public void The_same_rows_are_predicted_alike_to_the_bit_wherever_they_and_the_weights_lie_in_memory()
    {
        var random = new Random(1);
        float[] features = [.. Enumerable.Range(0, Rows * Features).Select(_ => random.NextSingle() - 0.5f)];
        using var file = new MemoryStream();
        Trained(features).Write(file);

        var predictions = Enumerable.Range(0, 40).Select(index =>
        {
            // What is made between two arrays moves the second one.
            var between = new byte[8 * (index % 8)];
            file.Position = 0;
            using var predictor = new Predictor(TrainedModel.Read(file));
            GC.KeepAlive(between);
            return predictor.Predict(features);
        }).ToList();

        predictions.Count(prediction => !prediction.SequenceEqual(predictions[0])).ShouldBe(0);
    }

    [Fact]
    public void A_weighted_sum_is_a_network()
    {
        var random = new Random(2);
        float[] features = [.. Enumerable.Range(0, Rows * Features).Select(_ => (6 * random.NextSingle()) - 3)];
        double[] weights = [.. Enumerable.Range(0, Features).Select(_ => random.NextDouble() - 0.5)];
        using var file = new MemoryStream();
        TrainedModel.OfLinear(weights, -0.7).Write(file);
        file.Position = 0;

        using var predictor = new Predictor(TrainedModel.Read(file));

        var sums = Enumerable.Range(0, Rows).Select(row => -0.7 + weights.Index().Sum(w => w.Item * features[(row * Features) + w.Index]));
        predictor.Predict(features).Zip(sums).ShouldAllBe(row => Math.Abs(row.First - row.Second) < 1e-5);
    }

    [Theory]
    [InlineData(Activation.Relu, "macrocausal-model/1")]
    [InlineData(Activation.Gelu, "macrocausal-model/2")]
    [InlineData(Activation.Tanh, "macrocausal-model/2")]
    [InlineData(Activation.Relu, "macrocausal-model/2", true)]
    public void A_network_within_ranges_plus_a_weighted_sum_is_one_network_that_says_the_same(
        Activation activation, string format, bool skip = false)
    {
        var random = new Random(3);
        float[] Draw(float width) => [.. Enumerable.Range(0, Rows * Features).Select(_ => width * (random.NextSingle() - 0.5f))];
        var (train, later) = (Draw(1), Draw(4));
        double[] weights = [.. Enumerable.Range(0, Features).Select(_ => random.NextDouble() - 0.5)];
        float[] lowest = [.. Enumerable.Range(0, Features).Select(feature => -0.4f + (0.01f * feature))];
        float[] highest = [.. lowest.Select((low, feature) => feature == 0 ? low : low + 0.8f)];
        var network = Trained(train, activation, skip);
        using var file = new MemoryStream();
        network.WithBaseline(weights, 0.4, 0.25, lowest, highest).Write(file);
        Encoding.Latin1.GetString(file.ToArray()).ShouldContain(format);
        file.Position = 0;

        using var both = new Predictor(TrainedModel.Read(file));
        using var alone = new Predictor(network);

        float[] held = [.. later.Select((value, cell) => Math.Clamp(value, lowest[cell % Features], highest[cell % Features]))];
        var expected = alone.Predict(held).Select((output, row) =>
            0.4 + (0.25 * output) + weights.Index().Sum(weight => weight.Item * later[(row * Features) + weight.Index]));
        both.Predict(later).Zip(expected).ShouldAllBe(row => Math.Abs(row.First - row.Second) < 1e-5);
        alone.Predict(held).Zip(alone.Predict(later)).Count(row => row.First != row.Second).ShouldBeGreaterThan(Rows / 2);
    }

    private static TrainedModel Trained(float[] features, Activation activation = Activation.Relu, bool skip = false)
    {
        var rows = new TrainingRows(features, [.. Enumerable.Range(0, Rows).Select(row => features[row * Features])], Features);
        var options = new TrainingOptions
        {
            LearningRate = 1e-2,
            WeightDecay = 1e-4,
            BatchSize = 32,
            Dropout = 0.1,
            HiddenLayers = [23, 11],
            Seed = 1,
            Patience = 10,
            Activation = activation,
            Skip = skip,
        };
        using var trainer = new CpuTrainer(rows, rows, new TrialStart(options, null), TimeProvider.System);
        trainer.RunEpoch();
        return TrainedModel.BestOf(trainer.Capture());
    }
}
