using CsCheck;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Tests.Cpu;

public sealed class PaddedLayoutTests
{
    [Fact]
    public void What_is_packed_comes_back_and_the_padding_stays_zero() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40].Array[1, 4], Gen.Long).Sample((features, hidden, seed) =>
        {
            var network = new NetworkLayout(features, hidden);
            var layout = new PaddedLayout(network);
            var state = TrialState.Initial(network, seed);
            var (parameters, statistics) = (new float[layout.ParameterCount], new float[layout.StatisticCount]);

            layout.PackParameters(state.Parameters, parameters);
            layout.PackStatistics(state.Statistics, statistics);

            layout.UnpackParameters(parameters).ShouldBe(state.Parameters);
            layout.UnpackStatistics(statistics).ShouldBe(state.Statistics);
            parameters.Count(value => value != 0).ShouldBe(state.Parameters.Count(value => value != 0));
            statistics.Count(value => value != 0).ShouldBe(state.Statistics.Count(value => value != 0));
        });
}
