using MacroCausal.Model.Cpu;
using MacroCausal.Model.Export;
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

    private static TrainedModel Trained(float[] features)
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
        };
        using var trainer = new CpuTrainer(rows, rows, new TrialStart(options, null), TimeProvider.System);
        trainer.RunEpoch();
        return TrainedModel.BestOf(trainer.Capture());
    }
}
