namespace MacroCausal.Registry.Tests;

public sealed class FailingStoreTests
{
    [Fact]
    public async Task A_store_that_fails_midway_is_tried_again_before_anything_is_on_record_or_deleted()
    {
        RegistryHarness registry = null!;
        var failures = new List<(int Records, int Checkpoints)>();
        await using (registry = await RegistryHarness.StartAsync(objects => new FailingStore(objects, async (call, uri) =>
        {
            if (call != "put" || !uri.EndsWith("metadata.json", StringComparison.Ordinal) || failures.Count > 0) return false;
            var checkpoints = await registry.ContentsAsync(ObjectKeys.Checkpoints(FinishedStudy.ExecutionId));
            failures.Add((await registry.Models.ListAsync().CountAsync(), checkpoints.Count));
            return true;
        })))
        {
            var command = await FinishedStudy.LeaveAsync(registry.Objects, registry.Studies, await GoldTables.SyntheticFileAsync());
            await registry.AskAsync<ModelRegistered>(command);

            failures.ShouldBe([(0, 4)]);
            (await registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId))).Count.ShouldBe(9);
            (await registry.Models.FindAsync(command.ModelId)).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Checkpoints_that_cannot_be_deleted_do_not_undo_a_registration()
    {
        await using var registry =
            await RegistryHarness.StartAsync(objects => new FailingStore(objects, (call, _) => Task.FromResult(call == "delete")));
        var command = await FinishedStudy.LeaveAsync(registry.Objects, registry.Studies, await GoldTables.SyntheticFileAsync());
        await registry.AskAsync<ModelRegistered>(command);

        (await registry.Models.FindAsync(command.ModelId)).ShouldNotBeNull();
        (await registry.ContentsAsync(ObjectKeys.Checkpoints(FinishedStudy.ExecutionId))).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_does_not_undo_a_registration()
    {
        var refused = 0;
        await using var registry = await RegistryHarness.StartAsync(objects => new FailingStore(objects, (call, uri) =>
        {
            var isReport = call == "put" && uri.EndsWith("report.html", StringComparison.Ordinal);
            if (isReport)
            {
                refused++;
            }

            return Task.FromResult(isReport);
        }));
        var command = await FinishedStudy.LeaveAsync(registry.Objects, registry.Studies, await GoldTables.SyntheticFileAsync());
        await registry.AskAsync<ModelRegistered>(command);

        refused.ShouldBe(1, "nobody tries again");
        (await registry.Models.FindAsync(command.ModelId)).ShouldNotBeNull();
        (await registry.ContentsAsync(ObjectKeys.Model(FinishedStudy.ExecutionId))).Count.ShouldBe(8);
    }
}
