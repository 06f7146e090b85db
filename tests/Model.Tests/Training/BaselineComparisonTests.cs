using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Training;

/// <summary>Ours against autograd and torch.optim, over whole epochs with shuffles, dropout, weight decay and a last short batch.</summary>
public sealed class BaselineComparisonTests
{
    [Theory]
    [InlineData(6, new[] { 16, 8 }, 16, 0.2)]
    [InlineData(1, new[] { 1 }, 2, 0.0)]
    [InlineData(37, new[] { 50, 33, 7 }, 32, 0.3)]
    [InlineData(126, new[] { 256, 128, 64 }, 64, 0.1)]
    [InlineData(20, new[] { 40 }, 500, 0.5)]
    public void An_epoch_is_what_autograd_makes_of_it(int features, int[] hidden, int batch, double dropout)
    {
        var (train, validation) = (
            SyntheticRows.Create(150, Math.Max(features, 3)), SyntheticRows.Create(61, Math.Max(features, 3), seed: 2));
        var options = SyntheticRows.Options() with { HiddenLayers = hidden, BatchSize = batch, Dropout = dropout, LearningRate = 1e-3 };
        using var baseline = new BaselineTrial(train.FeatureCount, options);
        using var ours = new SingleTrial(train, validation, options);

        for (var epoch = 0; epoch < 2; epoch++)
        {
            var (expected, actual) = (baseline.RunEpoch(train, validation), ours.RunEpoch().Loss);
            actual.Train.ShouldBe(expected.Train, 1e-4 * expected.Train);
            actual.Validation.ShouldBe(expected.Validation, 1e-4 * expected.Validation);
        }

        var (layout, state) = (ours.Capture().Layout, ours.Capture().State);
        state.Statistics.Zip(baseline.Statistics).ShouldAllBe(
            pair => Math.Abs(pair.First - pair.Second) < 2e-3 * (1 + Math.Abs(pair.Second)));
        Parameters.ShouldAgree(layout, state.Parameters, baseline.Parameters, 1e-4f);
    }
}
