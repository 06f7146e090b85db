using System.Text.Json;
using CsCheck;
using MacroCausal.Search.Samplers;
using MacroCausal.Search.Spaces;
using static MacroCausal.Search.Tests.Simulation.Spaces;

namespace MacroCausal.Search.Tests.Spaces;

public sealed class SearchSpaceTests
{
    public static TheoryData<string, Func<Dimension>> Faults { get; } = new()
    {
        { "'x' has the bounds NaN and 1", () => new Uniform("x", double.NaN, 1) },
        { "'x' has the bounds 0 and Infinity", () => new Uniform("x", 0, double.PositiveInfinity) },
        { "finite", () => new Uniform("x", -double.MaxValue, double.MaxValue) },
        { "'x' has the lower bound 2 above its upper bound 1", () => new Uniform("x", 2, 1) },
        { "'x' has the lower bound 2 above its upper bound 1", () => new IntegerRange("x", 2, 1) },
        { "from -4503599627370496 to 4503599627370496", () => new IntegerRange("x", 0, long.MaxValue) },
        { "'x' is log-uniform with the lower bound 0", () => new LogUniform("x", 0, 1) },
        { "'x' is log-uniform with the lower bound -1", () => new LogUniform("x", -1, 1) },
        { "'x' has no choices", () => new Categorical("x", []) },
        { "'x' has the choice [1, 2] twice", () => Choice("x", "[[1, 2], 3, [1, 2]]") },
        { "has no name", () => new Uniform(" ", 0, 1) },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_dimension_without_sense_is_refused_with_its_name_and_value(string reason, Func<Dimension> create) =>
        Should.Throw<ArgumentException>(create).Message.ShouldContain(reason);

    [Fact]
    public void A_space_names_every_hyperparameter_once()
    {
        Should.Throw<ArgumentException>(() => SearchSpace.Create(new Uniform("x", 0, 1), new Uniform("x", 0, 2))).Message
            .ShouldContain("'x' twice");
        Should.Throw<ArgumentException>(() => SearchSpace.Create()).Message.ShouldContain("empty");
    }

    [Fact]
    public void A_space_is_the_same_in_whatever_order_it_was_written()
    {
        var space = SearchSpace.Create(Model.Dimensions.Reverse());
        space.ShouldBe(Model);
        space.GetHashCode().ShouldBe(Model.GetHashCode());
        space.Dimensions.Select(dimension => dimension.Name)
            .ShouldBe(["batchSize", "dropout", "hiddenLayers", "learningRate", "weightDecay"]);
        RandomSampler.Draw(space, new RandomStream(1)).ShouldBe(RandomSampler.Draw(Model, new RandomStream(1)));
        space.ShouldNotBe(SearchSpace.Create(Model.Dimensions.Skip(1)));
    }

    [Fact]
    public void Every_draw_lies_within_its_bounds() =>
        Gen.Select(
            Gen.Double[-1e6, 1e6], Gen.Double[0, 1e6], Gen.Double[-300, 300], Gen.Double[0, 5],
            Gen.Long[-1000, 1000], Gen.Long[0, 10], Gen.ULong)
            .Sample((low, width, exponent, decades, from, count, seed) =>
            {
                var (logLow, logHigh) = (Math.Pow(10, exponent), Math.Pow(10, exponent + decades));
                var space = SearchSpace.Create(
                new Uniform("u", low, low + width), new LogUniform("l", logLow, logHigh), new IntegerRange("i", from, from + count),
                Choice("c", "[1, null, \"a\"]"));
                var drawn = RandomSampler.Draw(space, new RandomStream(seed));
                drawn.Number("u").ShouldBeInRange(low, low + width);
                drawn.Number("l").ShouldBeInRange(logLow, logHigh);
                drawn.Number("i").ShouldBeInRange(from, from + count);
                drawn.Number("i").ShouldBe(Math.Round(drawn.Number("i")));
                drawn.Choice("c").GetRawText().ShouldBeOneOf("1", "null", "\"a\"");
            });

    [Fact]
    public void Every_whole_number_and_choice_is_drawn_equally_often()
    {
        var space = SearchSpace.Create(new IntegerRange("i", 1, 4), Choice("c", "[10, 20, 30]"));
        var random = new RandomStream(5);
        var draws = Enumerable.Range(0, 12_000).Select(_ => RandomSampler.Draw(space, random)).ToList();
        draws.GroupBy(draw => draw.Number("i")).Select(group => group.Count()).ShouldAllBe(count => Math.Abs(count - 3000) < 200);
        draws.GroupBy(draw => draw.Choice("c").GetInt32()).Select(group => group.Count())
            .ShouldAllBe(count => Math.Abs(count - 4000) < 200);
    }

    [Fact]
    public void A_configuration_survives_being_stored_without_loss() =>
        Gen.ULong.Sample(seed =>
        {
            var drawn = RandomSampler.Draw(SearchSpace.Create([.. Model.Dimensions, new IntegerRange("i", -5, 5)]), new RandomStream(seed));
            var stored = JsonSerializer.Serialize(drawn.ToValues());
            var found = drawn.Space.Locate(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(stored)!);
            found.ShouldBe(drawn);
            found.GetHashCode().ShouldBe(drawn.GetHashCode());
        });

    [Theory]
    [InlineData("""{"n": 1, "c": [64, 32]}""", "'n' is 1")]
    [InlineData("""{"n": "0.5", "c": [64, 32]}""", "'n' is \"0.5\"")]
    [InlineData("""{"n": 0.5, "c": [64, 33]}""", "'c' is [64, 33]")]
    [InlineData("""{"c": [64, 32]}""", "no value of 'n'")]
    public void A_value_that_the_space_lacks_is_not_found(string json, string reason)
    {
        var space = SearchSpace.Create(new Uniform("n", 0, 0.9), Choice("c", "[[64, 32], [128]]"));
        Should.Throw<ArgumentException>(() => space.Locate(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!)).Message
            .ShouldContain(reason);
    }

    [Fact]
    public void A_choice_is_found_by_its_value()
    {
        var space = SearchSpace.Create(Choice("c", "[[64, 32], [128], {\"a\": 1, \"b\": 2}]"));
        var found = space.Locate(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"c": {"b": 2, "a": 1.0}, "other": 3}""")!);
        found.Choice("c").GetProperty("a").GetInt32().ShouldBe(1);
        Should.Throw<ArgumentException>(() => found.Number("c"));
        Should.Throw<ArgumentException>(() => found.Choice("d")).Message.ShouldContain("no 'd'");
    }
}
