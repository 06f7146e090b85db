using MacroCausal.Storage;
using Shouldly;
using Xunit;

namespace MacroCausal.TestKit.Stores;

/// <summary>What every <see cref="IModelRegistry"/> must do. Derive from it and say how to open an empty one.</summary>
public abstract class ModelRegistryCompliance : IAsyncLifetime
{
    protected IModelRegistry Registry { get; private set; } = null!;

    protected abstract Task<IModelRegistry> OpenAsync();

    public async Task InitializeAsync() => Registry = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_model_is_read_as_it_was_added()
    {
        var model = Records.Model();
        (await Registry.TryAddAsync(model)).ShouldBeTrue();

        (await Registry.FindAsync(model.ModelId)).ShouldHold(model);
        (await Registry.FindAsync("model_of_nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task A_model_that_is_there_is_not_added_again()
    {
        var model = Records.Model();
        await Registry.TryAddAsync(model);

        (await Registry.TryAddAsync(model with { WeightsSha256 = "other" })).ShouldBeFalse();
        (await Registry.FindAsync(model.ModelId)).ShouldHold(model);
    }

    [Fact]
    public async Task Of_many_who_add_at_once_exactly_one_wins()
    {
        var added = await Race.RunAsync(32, adder => Registry.TryAddAsync(Records.Model() with { Version = $"{adder}" }));

        var winner = added.Index().Single(one => one.Item).Index;
        (await Registry.FindAsync(Records.Model().ModelId))!.Version.ShouldBe($"{winner}");
    }

    [Fact]
    public async Task Models_are_listed_latest_first()
    {
        await Registry.TryAddAsync(Records.Model("b", Records.Start, "one"));
        await Registry.TryAddAsync(Records.Model("a", Records.Start.AddDays(1).ToOffset(TimeSpan.FromHours(-11)), "two"));
        await Registry.TryAddAsync(Records.Model("c", Records.Start.AddDays(-1).ToOffset(TimeSpan.FromHours(11)), "one"));
        await Registry.SetStatusAsync("c", "DEPLOYED");

        (await IdsAsync()).ShouldBe(["a", "b", "c"]);
        (await IdsAsync(executionId: "one")).ShouldBe(["b", "c"]);
        (await IdsAsync(status: "TRAINED")).ShouldBe(["a", "b"]);
        (await IdsAsync("one", "TRAINED")).ShouldBe(["b"]);
        (await IdsAsync("two", "DEPLOYED")).ShouldBeEmpty();
        (await IdsAsync("ONE")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_long_list_is_complete()
    {
        var ids = Enumerable.Range(0, 1_500).Select(number => $"model-{number:D5}").ToArray();
        foreach (var (number, id) in ids.Index())
        {
            await Registry.TryAddAsync(Records.Model(id, Records.Start.AddSeconds(-number)));
        }

        (await IdsAsync(executionId: Records.Arn)).ShouldBe(ids);
    }

    [Fact]
    public async Task A_status_is_set_on_a_model_that_is_there()
    {
        await Registry.TryAddAsync(Records.Model());

        (await Registry.SetStatusAsync(Records.Model().ModelId, "DEPLOYED")).ShouldBeTrue();
        (await Registry.SetStatusAsync("model_of_nobody", "DEPLOYED")).ShouldBeFalse();
        (await Registry.FindAsync(Records.Model().ModelId)).ShouldHold(Records.Model(status: "DEPLOYED"));
        (await IdsAsync()).ShouldBe([Records.Model().ModelId]);
    }

    [Fact]
    public async Task Of_many_who_change_the_status_that_they_saw_exactly_one_wins()
    {
        await Registry.TryAddAsync(Records.Model());

        var changed = await Race.RunAsync(16, one => Registry.SetStatusAsync(Records.Model().ModelId, $"STATUS-{one}", "TRAINED"));

        var winner = changed.Index().Single(one => one.Item).Index;
        (await Registry.FindAsync(Records.Model().ModelId))!.Status.ShouldBe($"STATUS-{winner}");
        (await Registry.SetStatusAsync("model_of_nobody", "DEPLOYED", "TRAINED")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_model_is_removed_once_and_the_others_stay()
    {
        await Registry.TryAddAsync(Records.Model());
        await Registry.TryAddAsync(Records.Model("model_of_another"));

        (await Registry.RemoveAsync(Records.Model().ModelId)).ShouldBeTrue();
        (await Registry.RemoveAsync(Records.Model().ModelId)).ShouldBeFalse();

        (await Registry.FindAsync(Records.Model().ModelId)).ShouldBeNull();
        (await IdsAsync()).ShouldBe(["model_of_another"]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_metric_that_is_not_finite_is_refused(double value)
    {
        var model = Records.Model() with { Metrics = new Dictionary<string, double> { ["loss"] = value } };

        (await Should.ThrowAsync<StoreException>(() => Registry.TryAddAsync(model))).Message.ShouldContain("'loss'");
        (await Registry.FindAsync(model.ModelId)).ShouldBeNull();
    }

    private async Task<List<string>> IdsAsync(string? executionId = null, string? status = null) =>
        await Registry.ListAsync(executionId, status).Select(model => model.ModelId).ToListAsync();
}
